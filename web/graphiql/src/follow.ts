/**
 * Keeps the variables of a ready-made walk in step with its last result, so a call can be walked by pressing Run:
 * an object of variables with a `sessionId` gets the session's id, current node, step and notes version. In the other tabs
 * the ids of what was just imported, published or listed are filled in where a variable asks for one.
 */

type Bag = Record<string, unknown>;
const isBag = (value: unknown): value is Bag => typeof value === "object" && value !== null && !Array.isArray(value);

/** The outermost object of a result that looks like a walk session with an id and a step. */
export function findSession(result: unknown): Bag | null {
  if (Array.isArray(result)) {
    for (const item of result) {
      const found = findSession(item);
      if (found) return found;
    }
    return null;
  }
  if (!isBag(result)) return null;
  if (typeof result.id === "string" && typeof result.step === "number") return result;
  return findSession(Object.values(result));
}

function firstAnswer(node: Bag): string {
  const option: unknown = Array.isArray(node.options) ? node.options[0] : undefined;
  return isBag(option) && typeof option.value === "string" ? option.value : "done";
}

/** What a path of names leads to in a result's data; a list gives its first element. */
function at(result: unknown, ...names: string[]): unknown {
  let value: unknown = isBag(result) ? result.data : null;
  for (const name of names) {
    if (Array.isArray(value)) value = value[0];
    value = isBag(value) ? value[name] : null;
  }
  return value;
}

/** Ids that the next operation of a ready-made tab wants: of a flow suggested, imported or published; of who waits first. */
const wantedIds = (result: unknown): Record<string, unknown> => ({
  flowId:
    at(result, "intake", "outcome", "suggestions", "flow", "id") ?? at(result, "importFlow", "flow", "id") ?? at(result, "publishFlow", "flow", "id"),
  toVersionId: at(result, "publishFlow", "flow", "publishedVersion", "id"),
  escalationId: at(result, "escalations", "nodes", "id"),
});

function fillIds(variables: Bag, ids: Record<string, unknown>): void {
  // An intake takes a flow only when one was suggested; every other input says in the tab that it wants an id.
  const intake = isBag(variables.intake) && ids.flowId ? [variables.intake] : [];
  intake.forEach((input) => (input.flowId = ids.flowId));
  for (const input of [variables, ...Object.values(variables).filter(isBag)])
    for (const [name, id] of Object.entries(ids)) if (id && name in input) input[name] = id;
}

/** The variables as text with the session's values put in, or null when there is nothing to change. */
export function followSession(variables: string, result: unknown): string | null {
  const session = findSession(result);
  let parsed: unknown;
  try {
    parsed = JSON.parse(variables);
  } catch {
    return null;
  }
  if (!isBag(parsed)) return null;
  fillIds(parsed, wantedIds(result));
  const node = session && isBag(session.currentNode) ? session.currentNode : null;
  for (const input of Object.values(parsed)) {
    if (!session || !isBag(input) || !("sessionId" in input)) continue;
    input.sessionId = session.id;
    if ("expectedStep" in input) input.expectedStep = session.step;
    if ("toStep" in input) input.toStep = session.step;
    if ("expectedNotesVersion" in input && typeof session.notesVersion === "number") input.expectedNotesVersion = session.notesVersion;
    if (node && "nodeId" in input) Object.assign(input, { nodeId: node.nodeId, answer: firstAnswer(node) });
  }
  if (session && "sessionId" in parsed) parsed.sessionId = session.id;
  const text = JSON.stringify(parsed, null, 2);
  return text === JSON.stringify(JSON.parse(variables), null, 2) ? null : text;
}
