/** How the kernel refuses input: a stable code and harmless parameters, as in `lachan.kernel.errors`. */

export type Params = Readonly<Record<string, unknown>>;

export class InvalidInput extends Error {
  readonly code: string;
  readonly params: Params;
  readonly field: string | null;

  constructor(code: string, params: Params = {}, field: string | null = null) {
    super(code);
    this.name = "InvalidInput";
    this.code = code;
    this.params = params;
    this.field = field;
  }
}

/** The code of a refusal; anything else is a fault of ours and is thrown on. */
export function codeOf(error: unknown): string {
  if (error instanceof InvalidInput) return error.code;
  throw error;
}
