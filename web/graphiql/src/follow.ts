/**
 * Keeps the variables of a ready-made walk in step with its last result, so a call can be walked by pressing Run:
 * an object of variables with a `sessionId` gets the session's id, current node, step and notes version.
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

/** The first flow of an intake that suggested some instead of starting: with its id, the next intake walks it. */
function suggestedFlow(result: unknown): unknown {
  const data = isBag(result) && isBag(result.data) ? result.data : null;
  const outcome = data && isBag(data.intake) && isBag(data.intake.outcome) ? data.intake.outcome : null;
  const first: unknown = outcome && Array.isArray(outcome.suggestions) ? outcome.suggestions[0] : null;
  return isBag(first) && isBag(first.flow) ? first.flow.id : null;
}

/** The variables as text with the session's values put in, or null when there is nothing to change. */
export function followSession(variables: string, result: unknown): string | null {
  const session = findSession(result);
  const flowId = suggestedFlow(result);
  if (!session && !flowId) return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(variables);
  } catch {
    return null;
  }
  if (!isBag(parsed)) return null;
  if (flowId && isBag(parsed.intake)) parsed.intake.flowId = flowId;
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
  return text === variables ? null : text;
}
