/** From a GraphQL result to Mermaid text: every flow tree and every walk in it, whatever query brought them. */

interface TreeNode {
  __typename?: string;
  nodeId: string;
  text?: string;
  kind?: string;
  needsReview?: boolean;
  nextNodeId?: string | null;
  options?: { value?: string; label?: string; nextNodeId?: string | null }[] | null;
  branches?: { when?: string; label?: string | null; nextNodeId?: string | null }[] | null;
}

interface Tree {
  rootId?: string | null;
  nodes: TreeNode[];
}

interface WalkedStep {
  step?: number;
  nodeId?: string;
  question?: string;
  answer?: string;
  answerLabel?: string;
  isSuperseded?: boolean;
}

/** One picture: Mermaid text, and the same content as lines for those who do not look at pictures. */
export interface Picture {
  title: string;
  source: string;
  steps: string[];
}

type Bag = Record<string, unknown>;
const isBag = (value: unknown): value is Bag => typeof value === "object" && value !== null && !Array.isArray(value);
const isTree = (value: unknown): value is Tree =>
  isBag(value) && Array.isArray(value.nodes) && value.nodes.length > 0 && value.nodes.every((n) => isBag(n) && "nodeId" in n);
const hasEdges = (tree: Tree): boolean =>
  tree.nodes.length === 1 || tree.nodes.some((n) => n.nextNodeId || [...(n.options ?? []), ...(n.branches ?? [])].some((way) => way.nextNodeId));

/** Text as a quoted Mermaid label: entity codes instead of anything Mermaid or HTML could read as syntax. */
export function label(text: string, limit = 110): string {
  const flat = text.replace(/\s+/g, " ").trim();
  const short = flat.length > limit ? `${flat.slice(0, limit - 1)}…` : flat || " ";
  return `"${short.replace(/[#"<>`&\\]/g, (c) => `#${c.codePointAt(0)};`)}"`;
}

const kindOf = (node: TreeNode): string => (node.__typename ?? node.kind ?? "").replace(/Node$/, "").toLowerCase();

function shape(id: string, node: TreeNode): string {
  const text = label(node.text ?? node.nodeId);
  const kind = kindOf(node);
  if (kind === "decision") return `${id}{${text}}:::instruction`;
  if (kind === "subflow") return `${id}[[${text}]]:::instruction`;
  if (kind === "question" || kind === "multichoice" || kind === "datainput") return `${id}{{${text}}}:::question`;
  if (kind === "resolved") return `${id}([${text}]):::resolved`;
  if (kind === "escalate") return `${id}[/${text}\\]:::escalate`;
  return `${id}[${text}]:::${node.needsReview ? "stub" : "instruction"}`;
}

/** Colours keep 4.5:1 in both themes because each class brings its own background and its own ink. */
const classes = [
  "classDef question fill:#e6eefc,stroke:#3563c9,color:#10224d",
  "classDef instruction fill:#f3f1ec,stroke:#7a7466,color:#2b281f",
  "classDef resolved fill:#dff3e4,stroke:#2c7a47,color:#0f3a20",
  "classDef escalate fill:#fbe6e1,stroke:#b4472e,color:#571a0b",
  "classDef stub fill:#fff8d6,stroke:#8a6d00,color:#4a3a00,stroke-dasharray:4 3",
  "classDef walked stroke:#d97706,stroke-width:4px",
  "classDef current stroke:#d97706,stroke-width:5px,stroke-dasharray:7 4",
];

const live = (steps: WalkedStep[]): WalkedStep[] => steps.filter((step) => !step.isSuperseded);

/** The tree as a flow chart; with a walk, its answered nodes and the answers taken are drawn heavier. */
export function drawTree(tree: Tree, walked: WalkedStep[] = [], currentNodeId?: string): string {
  const ids = new Map(tree.nodes.map((node, index) => [node.nodeId, `n${index}`]));
  const taken = new Map(live(walked).map((step) => [step.nodeId, step]));
  const lines = ["flowchart TD", ...classes];
  const heavy: number[] = [];
  let edges = 0;
  const edge = (from: TreeNode, to: string | null | undefined, text?: string, answer?: string): void => {
    const [source, target] = [ids.get(from.nodeId), to ? ids.get(to) : undefined];
    if (!source || !target) return;
    lines.push(text ? `${source} -->|${label(text, 40)}| ${target}` : `${source} --> ${target}`);
    const step = taken.get(from.nodeId);
    if (step && (answer === undefined || step.answer === answer || step.answerLabel === text)) heavy.push(edges);
    edges += 1;
  };
  for (const node of tree.nodes) lines.push(shape(ids.get(node.nodeId)!, node));
  for (const node of tree.nodes) {
    for (const option of node.options ?? []) edge(node, option.nextNodeId, option.label, option.value);
    for (const branch of node.branches ?? []) edge(node, branch.nextNodeId, branch.label ?? branch.when);
    edge(node, node.nextNodeId, node.branches?.length ? "otherwise" : undefined);
  }
  const marked = [...taken.keys()].map((id) => ids.get(id ?? "")).filter(Boolean);
  if (marked.length) lines.push(`class ${marked.join(",")} walked`);
  if (currentNodeId && ids.has(currentNodeId)) lines.push(`class ${ids.get(currentNodeId)} current`);
  if (heavy.length) lines.push(`linkStyle ${heavy.join(",")} stroke:#d97706,stroke-width:4px`);
  return lines.join("\n");
}

/** A walk whose tree is not in the result: the answered nodes in order, a branch that was gone back from beside them. */
export function drawWalk(walked: WalkedStep[], current?: TreeNode | null): string {
  const lines = ["flowchart TD", ...classes, "classDef superseded fill:#eeeeee,stroke:#999999,color:#555555,stroke-dasharray:3 3"];
  const heavy: number[] = [];
  let edges = 0;
  let before: { id: string; answer: string } | null = null;
  const connect = (id: string, dotted: boolean): void => {
    if (!before) return;
    lines.push(`${before.id} ${dotted ? "-.->" : "-->"}|${label(before.answer, 40)}| ${id}`);
    if (!dotted) heavy.push(edges);
    edges += 1;
  };
  walked.forEach((step, index) => {
    const id = `s${index}`;
    lines.push(`${id}[${label(step.question ?? step.nodeId ?? "")}]:::${step.isSuperseded ? "superseded" : "walked"}`);
    connect(id, step.isSuperseded ?? false);
    if (!step.isSuperseded) before = { id, answer: step.answerLabel ?? step.answer ?? "" };
  });
  if (current) {
    lines.push(shape("now", current));
    connect("now", false);
    lines.push("class now current");
  }
  if (heavy.length) lines.push(`linkStyle ${heavy.join(",")} stroke:#d97706,stroke-width:4px`);
  return lines.join("\n");
}

const spoken = (steps: WalkedStep[]): string[] =>
  steps.map((s) => `${s.question ?? s.nodeId}: ${s.answerLabel ?? s.answer ?? ""}${s.isSuperseded ? " (gone back)" : ""}`);

function treeOf(bag: Bag): Tree | null {
  for (const holder of [bag, bag.flowVersion, bag.publishedVersion, bag.draft, bag.proposal, bag.flow]) {
    if (!isBag(holder)) continue;
    if (isTree(holder.tree) && hasEdges(holder.tree)) return holder.tree;
    if (holder !== bag && isBag(holder.publishedVersion)) {
      const inner = treeOf(holder.publishedVersion);
      if (inner) return inner;
    }
  }
  return null;
}

function titleOf(bag: Bag, fallback: string): string {
  const title = [bag.title, bag.name, bag.slug].find((t): t is string => typeof t === "string");
  if (title) return title;
  return typeof bag.number === "number" ? `${fallback} ${bag.number}` : fallback;
}

function drawBag(bag: Bag): Picture | null {
  if (Array.isArray(bag.walkedPath)) {
    const walked = bag.walkedPath as WalkedStep[];
    const current = isBag(bag.currentNode) ? (bag.currentNode as unknown as TreeNode) : null;
    const tree = treeOf(bag);
    if (!tree && walked.length === 0 && !current) return null;
    const source = tree ? drawTree(tree, walked, current?.nodeId) : drawWalk(walked, current);
    return { title: titleOf(bag, "Walk"), source, steps: spoken(walked) };
  }
  const title = titleOf(bag, "Flow");
  const tree = treeOf(bag) ?? (isTree(bag) && "rootId" in bag && hasEdges(bag) ? bag : null);
  if (tree) return { title, source: drawTree(tree), steps: tree.nodes.map((n) => n.text ?? n.nodeId) };
  if (typeof bag.mermaid === "string" && bag.mermaid.trim()) return { title, source: bag.mermaid, steps: [] };
  return null;
}

/** Every picture in a result, outermost first; what is inside a picture already drawn is not drawn again. */
export function findPictures(result: unknown): Picture[] {
  if (Array.isArray(result)) return result.flatMap(findPictures);
  if (!isBag(result)) return [];
  const picture = drawBag(result);
  return picture ? [picture] : Object.values(result).flatMap(findPictures);
}
