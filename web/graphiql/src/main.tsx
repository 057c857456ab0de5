/** GraphiQL as a product of its own: offline, signed in, with ready-made tabs and a picture of flows and walks. */
import "./workers";
import { explorerPlugin } from "@graphiql/plugin-explorer";
import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import { GraphiQL } from "graphiql";
import { StrictMode, useMemo } from "react";
import { createRoot } from "react-dom/client";
import { useMayExplore } from "./exploring";
import { makeFetcher, storageWithoutTokens } from "./fetcher";
import { picturePlugin } from "./picture";
import { FollowTheWalk, readyMadePlugin } from "./ready_made";
import { firstTabs } from "./recipes";
import { useToken } from "./session";
import { SignInBar } from "./sign_in";
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./style.css";

const plugins = [HISTORY_PLUGIN, explorerPlugin(), readyMadePlugin, picturePlugin];
const tabs = firstTabs.map(({ query, variables }) => ({ query, variables }));

interface StoredTabs {
  activeTabIndex: number;
  tabs: { query: string | null; variables: string | null }[];
}

/** The tab to open with. GraphiQL itself forgets a default tab's variables, and a later tab's text, when it starts. */
function startingTab(): { initialQuery?: string; initialVariables?: string } {
  let tab: { query: string | null; variables: string | null } | undefined = tabs[0];
  try {
    const stored = JSON.parse(storageWithoutTokens.getItem("graphiql:tabState") ?? "null") as StoredTabs | null;
    if (stored) tab = stored.tabs[stored.activeTabIndex];
  } catch {
    // Unreadable stored tabs: GraphiQL starts afresh with the ready-made ones, and so do we.
  }
  return { initialQuery: tab?.query ?? "", initialVariables: tab?.variables ?? "" };
}

function Page() {
  const token = useToken();
  // A new fetcher for each caller: what the schema shows follows who is asking, and open sockets carry the old token.
  const fetcher = useMemo(makeFetcher, [token]);
  const start = useMemo(startingTab, [token]);
  const may = useMayExplore(token);
  return (
    <>
      <SignInBar />
      <main>
        {may === false && (
          <p className="hr-closed" role="status">
            Exploring is for callers with the right to explore: sign in as an owner or admin of your account.
          </p>
        )}
        {may && <GraphiQL
          key={token ? "signed-in" : "signed-out"}
          fetcher={fetcher}
          plugins={plugins}
          storage={storageWithoutTokens}
          defaultTabs={tabs}
          {...start}
          defaultEditorToolsVisibility="variables"
          shouldPersistHeaders={false}
          showPersistHeadersSettings={false}
          schemaDescription
        >
          <GraphiQL.Logo>
            <FollowTheWalk />
          </GraphiQL.Logo>
        </GraphiQL>}
      </main>
    </>
  );
}

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <Page />
  </StrictMode>,
);
