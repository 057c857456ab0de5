/** GraphiQL's "Picture" pane: the flows and walks of the current tab's result, drawn by Mermaid (loaded on first use). */
import { useGraphiQL, type GraphiQLPlugin } from "@graphiql/react";
import { useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import { findPictures, type Picture } from "./diagram";

let drawings = 0;

/** Mermaid leaves the entity codes of our labels as they are in SVG text; as text they become what they stand for. */
function parseSvg(source: string): Node {
  const holder = document.createElement("template");
  holder.innerHTML = source;
  const texts = document.createTreeWalker(holder.content, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode as Text;
    if (text.parentElement?.localName !== "style") text.data = text.data.replace(/&#(\d{1,6});/g, (_, code: string) => String.fromCodePoint(Number(code)));
  }
  const svg = holder.content.querySelector("svg");
  svg?.style.setProperty("--natural-width", svg.style.maxWidth || "100%");
  return holder.content;
}

/** Puts the picture in its place, scrolled to where the walk stands: a wide flow does not shrink to a thumbnail. */
function place(drawing: Node | undefined, holder: HTMLDivElement | null): void {
  if (!drawing || !holder) return;
  holder.replaceChildren(drawing.cloneNode(true));
  const focus = holder.querySelector(".current") ?? holder.querySelector("g.node");
  if (!focus) return;
  const [frame, box] = [holder.getBoundingClientRect(), focus.getBoundingClientRect()];
  holder.scrollTo(box.x - frame.x - (frame.width - box.width) / 2, box.y - frame.y - (frame.height - box.height) / 2);
}

async function draw(source: string): Promise<Node> {
  const { default: mermaid } = await import("mermaid");
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: "strict",
    htmlLabels: false,
    flowchart: { htmlLabels: false, curve: "basis", nodeSpacing: 36, rankSpacing: 44, useMaxWidth: true },
    theme: "base",
    themeVariables: {
      fontFamily: "system-ui, sans-serif",
      fontSize: "15px",
      lineColor: "#8b8f98",
      edgeLabelBackground: "#fbfaf7",
      textColor: "#22252b",
    },
    maxTextSize: 200_000,
    maxEdges: 2_000,
  });
  drawings += 1;
  // Mermaid's strict level sanitises with DOMPurify, and labels are entity-coded before they reach it.
  return parseSvg((await mermaid.render(`handrail-picture-${drawings}`, source)).svg);
}

function Drawing({ picture }: { picture: Picture }) {
  const [state, setState] = useState<{ svg?: Node; problem?: string }>({});
  const [isLarge, setLarge] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    let current = true;
    draw(picture.source).then(
      (svg) => current && setState({ svg }),
      (error: unknown) => current && setState({ problem: error instanceof Error ? error.message : String(error) }),
    );
    return () => {
      current = false;
    };
  }, [picture.source]);
  useEffect(() => {
    if (!isLarge) return;
    dialog.current?.showModal();
    place(state.svg, dialog.current?.querySelector(".hr-picture-svg") ?? null); // it has a size only now
  }, [isLarge, state.svg]);
  const show = useCallback((holder: HTMLDivElement | null) => place(state.svg, holder), [state.svg]);
  const image = state.svg && <div className="hr-picture-svg" role="img" aria-labelledby={heading} tabIndex={0} ref={show} />;
  return (
    <figure className="hr-picture">
      <figcaption>
        <h3 id={heading}>{picture.title}</h3>
        {image && (
          <button type="button" className="hr-quiet" onClick={() => setLarge(true)}>
            Enlarge
          </button>
        )}
      </figcaption>
      {!image && <p role="status">{state.problem ? `This could not be drawn: ${state.problem}` : "Drawing…"}</p>}
      {!isLarge && image}
      {picture.steps.length > 0 && (
        <details>
          <summary>As text ({picture.steps.length})</summary>
          <ol>
            {picture.steps.map((step, index) => (
              <li key={index}>{step}</li>
            ))}
          </ol>
        </details>
      )}
      <dialog ref={dialog} className="hr-enlarged" aria-label={`${picture.title}, enlarged`} onClose={() => setLarge(false)}>
        <form method="dialog">
          <strong>{picture.title}</strong>
          <button className="hr-quiet">Close</button>
        </form>
        {isLarge && image}
      </dialog>
    </figure>
  );
}

function parseResult(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The text of the response editor, followed as it changes (also when another tab is chosen). */
function useResponseText(): string {
  const editor = useGraphiQL((state) => state.responseEditor);
  const [text, setText] = useState("");
  useEffect(() => {
    if (!editor) return undefined;
    const read = () => setText(editor.getValue());
    read();
    const subscription = editor.onDidChangeModelContent(read);
    return () => subscription.dispose();
  }, [editor]);
  return text;
}

function PicturePane() {
  const text = useResponseText();
  const pictures = useMemo(() => findPictures(parseResult(text)), [text]);
  return (
    <section className="hr-pane" aria-label="Picture">
      <h2>Picture</h2>
      {pictures.length === 0 && (
        <p>
          Run a query whose result holds a flow (its <code>mermaid</code>, or its <code>tree</code>) or a walk (its{" "}
          <code>walkedPath</code>). It is drawn here, with the walked path highlighted.
        </p>
      )}
      {pictures.map((picture) => (
        <Drawing key={picture.source} picture={picture} />
      ))}
    </section>
  );
}

const PictureIcon = () => (
  <svg viewBox="0 0 24 24" width="1em" height="1em" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
    <rect x="8" y="2.5" width="8" height="5.5" rx="1" />
    <rect x="2" y="16" width="8" height="5.5" rx="1" />
    <rect x="14" y="16" width="8" height="5.5" rx="1" />
    <path d="M12 8v4M6 16v-4h12v4" />
  </svg>
);

export const picturePlugin: GraphiQLPlugin = { title: "Picture", icon: PictureIcon, content: PicturePane };
