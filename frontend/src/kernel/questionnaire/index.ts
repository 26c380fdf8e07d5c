export * from "./enable";
export * from "./model";
export * from "./validate";
