/** Monaco's workers come from our own origin; Monaco picks one by the label of the language service that asks. */
const files: Record<string, string> = { json: "json.worker.js", graphql: "graphql.worker.js" };

(globalThis as typeof globalThis & { MonacoEnvironment?: object }).MonacoEnvironment = {
  getWorker: (_id: string, label: string) => new Worker(`/static/graphiql/${files[label] ?? "editor.worker.js"}`),
};

export {};
