/** Put in by vite.sw.config.ts; only the service worker has them. */
declare const __BUILD__: string;
declare const __PRECACHE__: string[];
