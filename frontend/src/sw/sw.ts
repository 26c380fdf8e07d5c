/// <reference lib="webworker" />
self.addEventListener("message", () => __BUILD__);
export {};
