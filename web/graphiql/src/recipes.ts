/** The ready-made tabs. Shapes are those of the client contract, so what is tried here can be pasted in a program. */

export interface Recipe {
  title: string;
  about: string;
  query: string;
  variables: string;
}

const json = (value: unknown): string => JSON.stringify(value, null, 2);

const sessionParts = `fragment SessionParts on WalkSession {
  id
  number
  kind
  status
  step
  problem
  isGenerating
  notesVersion
  currentNode {
    __typename
    nodeId
    text
    detail
    ... on QuestionNode { options { value label } }
    ... on InstructionNode { acknowledgeLabel }
    ... on ResolvedNode { suggestedResolution }
    ... on EscalateNode { reasonCategory }
  }
  walkedPath { step nodeId question answer answerLabel note isSuperseded }
}`;

const treeParts = `fragment TreeParts on FlowTree {
  rootId
  nodes {
    __typename
    nodeId
    text
    needsReview
    ... on QuestionNode { options { value label nextNodeId } }
    ... on InstructionNode { nextNodeId }
    ... on MultiChoiceNode { nextNodeId }
    ... on DataInputNode { nextNodeId }
    ... on DecisionNode { branches { when label nextNodeId } nextNodeId }
    ... on SubFlowNode { nextNodeId }
    ... on JumpNode { nextNodeId }
  }
}`;

const walk: Recipe = {
  title: "Run a walk",
  about: "From the caller's words to resolved or escalated. Run the operations from top to bottom.",
  query: `# Run a walk. Press Run (Ctrl+Enter) and choose Intake; then AnswerNode until a resolved or an escalate node is served.
# The variables follow the walk: its id, node and step are filled in from each result, with the first option as the
# answer. Put another option's value there to go another way. When Intake suggests flows, the first one's id is filled in
# too: run Intake again to walk it. The Picture pane (left) draws the way walked so far.

mutation Intake($intake: IntakeInput!) {
  intake(input: $intake) {
    outcome {
      __typename
      ... on WalkStarted { reason score session { ...SessionParts flow { id title } } }
      ... on FlowsSuggested { suggestions { flow { id title } score reason } canBuild }
      ... on OutOfScope { category outOfScopeReason: reason canWalkAdhoc canEscalate }
    }
    errors { code message field }
  }
}

mutation AnswerNode($answer: AnswerNodeInput!) {
  answerNode(input: $answer) {
    session { ...SessionParts }
    errors { code message field session { ...SessionParts } }
  }
}

mutation NextNode($next: NextNodeInput!) {
  nextNode(input: $next) {
    session { ...SessionParts }
    errors { code message field }
  }
}

mutation GoBack($back: GoBackInput!) {
  goBack(input: $back) {
    session { ...SessionParts }
    errors { code message field }
  }
}

# The whole flow with the walked path in it: run it, then open the Picture pane.
query DrawTheWalk($sessionId: ID!) {
  walkSession(id: $sessionId) {
    id
    number
    step
    currentNode { nodeId text }
    walkedPath { step nodeId question answer answerLabel isSuperseded }
    flowVersion { id number tree { ...TreeParts } }
  }
}

mutation Resolve($resolve: ResolveInput!) {
  resolve(input: $resolve) {
    session { id status outcome resolutionNotes helpful resolvedAt }
    proposal { id status isValidatedByOutcome }
    errors { code message field }
  }
}

mutation Escalate($escalate: EscalateInput!) {
  escalate(input: $escalate) {
    session { id status }
    escalation { id reasonCategory reason recipients { name channel } }
    warnings { code message }
    errors { code message field }
  }
}

${sessionParts}

${treeParts}
`,
  variables: json({
    intake: { problem: "VPN does not connect", customerName: "Sam Reyes", companyName: "Northwind" },
    answer: { sessionId: "", nodeId: "", answer: "", expectedStep: 0 },
    sessionId: "",
    next: { sessionId: "" },
    back: { sessionId: "", toStep: 1, expectedStep: 0 },
    resolve: { sessionId: "", resolutionNotes: "Works again; the caller confirmed it.", helpful: true },
    escalate: { sessionId: "", reasonCategory: "EXHAUSTED_SAFE_STEPS", reason: "The safe steps did not help." },
  }),
};

const flows: Recipe = {
  title: "Look at a flow",
  about: "Published flows, and one drawn in the Picture pane. No variables needed.",
  query: `# Run, then open the Picture pane (left): each flow of the result is drawn.
query LookAtFlows($first: Int = 3, $filter: FlowFilter) {
  flows(first: $first, filter: $filter) {
    nodes { id slug title category keywords publishedVersion { id number publishedAt tree { ...TreeParts } } }
    pageInfo { hasNextPage endCursor }
    totalCount
  }
}

${treeParts}
`,
  variables: json({ first: 3 }),
};

const queue: Recipe = {
  title: "The queue",
  about: "Escalations waiting for an engineer: list, hand-off, claim, close.",
  query: `# The engineers' queue. The first one's id is filled in the variables, to read its hand-off, claim or close it.
query EscalationQueue($first: Int = 20, $filter: EscalationFilter) {
  escalations(first: $first, filter: $filter) {
    nodes {
      id
      status
      priority
      isCustomerWaiting
      reasonCategory
      reason
      escalatedAt
      claimedBy { id name }
      viewerCanClaim
      session { id number problem companyName flow { id title } walkedPath { step nodeId question answer answerLabel isSuperseded } }
    }
    pageInfo { hasNextPage endCursor }
    totalCount
  }
}

query HandOff($escalationId: ID!) {
  escalation(id: $escalationId) {
    id
    package { version symptom companyName ruledOut openQuestions steps { step question answerLabel note answeredAt } notes { text } }
    notes { id text visibility createdAt author { id name } }
    deliveries { recipient { name channel } state attempts lastError }
  }
}

mutation ClaimEscalation($claim: ClaimEscalationInput!) {
  claimEscalation(input: $claim) { escalation { id status claimedBy { id name } } errors { code message field } }
}

mutation ReleaseEscalation($claim: ReleaseEscalationInput!) {
  releaseEscalation(input: $claim) { escalation { id status } errors { code message field } }
}

mutation CloseEscalation($close: CloseEscalationInput!) {
  closeEscalation(input: $close) { escalation { id status outcome } errors { code message field } }
}
`,
  variables: json({
    first: 20,
    escalationId: "",
    claim: { escalationId: "" },
    close: { escalationId: "", outcome: "RESOLVED", notes: "Replaced the profile; the caller works again." },
  }),
};

const markdownFlow = `# Printer shows offline

1. Ask the caller to switch the printer off, wait ten seconds and switch it on again.
2. Does the test page print now?
   - Yes: resolved, the printer is back online
   - No: go on
3. Does the printer's own panel show an error?
   - Yes: escalate to an engineer, the hardware reports a fault
   - No: ask the caller to restart the computer
4. Does the test page print after the restart?
   - Yes: resolved, it prints again
   - No: escalate to an engineer
`;

const publish: Recipe = {
  title: "Publish a flow",
  about: "Import a text, look at what lint says, publish, and roll back.",
  query: `# 1 ImportFlow with dryRun first: lint's findings, nothing written. 2 The same with dryRun false. 3 PublishFlow; its id is filled in. 4 Flow, and the Picture pane.
mutation ImportFlow($import: ImportFlowInput!) {
  importFlow(input: $import) {
    flow { id title }
    findings { code severity message nodeId fix }
    isDryRun
    errors { code message field }
  }
}

mutation PublishFlow($publish: PublishFlowInput!) {
  publishFlow(input: $publish) {
    flow { id title publishedVersion { id number } }
    findings { code severity nodeId message }
    errors { code message field }
  }
}

mutation RollbackFlow($rollback: RollbackFlowInput!) {
  rollbackFlow(input: $rollback) { flow { id publishedVersion { id number } } errors { code message field } }
}

query Flow($flowId: ID!) {
  flow(id: $flowId) {
    id
    title
    mermaid
    versions(first: 10) { nodes { id number publishedAt publishedBy { id name } } }
  }
}
`,
  variables: json({
    import: { format: "MARKDOWN", content: markdownFlow, title: "Printer shows offline", category: "printer", dryRun: true },
    publish: { flowId: "", note: "First version" },
    rollback: { flowId: "", toVersionId: "" },
    flowId: "",
  }),
};

const audit: Recipe = {
  title: "The audit log",
  about: "Who did what, acting as what. For admins and owners.",
  query: `query AuditLog($first: Int = 20, $after: String, $filter: AuditFilter) {
  auditEvents(first: $first, after: $after, filter: $filter) {
    nodes { id action subjectType subjectId actor { id name } actingAs details createdAt }
    pageInfo { hasNextPage endCursor }
  }
}
`,
  variables: json({ first: 20, filter: {} }),
};

const live: Recipe = {
  title: "Watch the queue live",
  about: "A subscription over a WebSocket, where the server offers them.",
  query: `subscription WatchQueue {
  escalationsUpdated {
    change
    escalation { id status claimedBy { id name } session { id number problem } }
  }
}
`,
  variables: "{}",
};

/** The tabs a first visit opens; the rest are one click away in the Ready-made pane. */
export const firstTabs: Recipe[] = [walk, queue, publish, audit];
export const recipes: Recipe[] = [walk, flows, queue, publish, audit, live];
