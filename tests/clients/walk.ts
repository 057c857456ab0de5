// A walk by the generated types: from intake through every kind of answer that comes to an escalation.
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print } from "graphql";
import {
  ClientAnswerDocument, ClientEscalateDocument, ClientFlowsDocument, ClientIntakeDocument, type ClientSessionFragment,
} from "./gql.js";

const [address, token] = [process.env["HANDRAIL_URL"], process.env["HANDRAIL_TOKEN"]];

async function send<Result, Variables>(document: TypedDocumentNode<Result, Variables>, variables: Variables): Promise<Result> {
  const response = await fetch(`${address}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ query: print(document), variables }),
  });
  const body = (await response.json()) as { data?: Result; errors?: { message: string }[] };
  if (body.errors || !body.data) throw new Error(JSON.stringify(body.errors));
  return body.data;
}

function refuse(errors: readonly { code: string }[]): void {
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
}

function answerTo(session: ClientSessionFragment): string | undefined {
  const node = session.currentNode;
  if (node?.__typename === "QuestionNode") return node.options[0]?.value;
  return node?.__typename === "InstructionNode" ? "done" : undefined;
}

const flows = await send(ClientFlowsDocument, {});
const flow = flows.flows?.nodes.find((one) => one.slug === "printer-not-printing");
if (!flow) throw new Error("no flow");

const { intake } = await send(ClientIntakeDocument, {
  input: { problem: "No page comes out", flowId: flow.id, priority: "HIGH", idempotencyKey: crypto.randomUUID() },
});
refuse(intake.errors);
if (intake.outcome?.__typename !== "WalkStarted" || !intake.outcome.session) throw new Error("the walk did not start");

let session: ClientSessionFragment = intake.outcome.session;
for (let answer = answerTo(session); answer !== undefined && session.currentNode; answer = answerTo(session)) {
  const input = {
    sessionId: session.id, nodeId: session.currentNode.nodeId, answer, expectedStep: session.step,
    idempotencyKey: crypto.randomUUID(),
  };
  const { answerNode } = await send(ClientAnswerDocument, { input });
  refuse(answerNode.errors);
  if (!answerNode.session) throw new Error("no session");
  session = answerNode.session;
}

const { escalate } = await send(ClientEscalateDocument, {
  input: { sessionId: session.id, reasonCategory: "EXHAUSTED_SAFE_STEPS", idempotencyKey: crypto.randomUUID() },
});
refuse(escalate.errors);
console.log(JSON.stringify({ steps: session.walkedPath.length, last: session.currentNode?.__typename, status: escalate.session?.status }));
