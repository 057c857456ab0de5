/** The frame: sign-in, who is signed in, and the screen that the address names. */
import { useEffect } from "react";
import { Provider, useQuery } from "urql";
import { Route, Router, Switch } from "wouter";
import { useHashLocation } from "wouter/use-hash-location";
import { writeToken } from "../../../web/sign_in/session";
import { ViewerDocument, type ViewerQuery } from "../dist/gql";
import { useSession } from "./client";
import { HandOffScreen } from "./hand_off";
import { IntakeScreen } from "./intake";
import { useDrafts } from "./notes";
import { resume, useIsStuck, useOutbox } from "./outbox";
import { QueueScreen } from "./queue";
import { SignIn } from "./sign_in";
import { Announcer, Notice, tell } from "./tell";
import { WalkScreen } from "./walk";
import { explain, list, say } from "./words";

type Viewer = NonNullable<ViewerQuery["viewer"]>;

/** What this person left unsent goes with them, but not without a question. */
function signOut(): void {
  const count = useOutbox.getState().unsent.length;
  if (count > 0 && !confirm("Something you did has not reached the server yet. Sign out, and forget it?")) return;
  useOutbox.setState({ unsent: [] });
  useDrafts.setState({}, true);
  tell(null);
  writeToken(null);
}

function Top({ viewer, isAtQueue }: { viewer: Viewer; isAtQueue: boolean }) {
  return (
    <header className="top">
      <nav aria-label="Screens">
        <a href="#/calls" aria-current={isAtQueue ? undefined : "page"}>Calls</a>
        <a href="#/queue" aria-current={isAtQueue ? "page" : undefined}>Queue</a>
      </nav>
      <span className="who">{viewer.name}<small>{list(viewer.role && say(viewer.role), viewer.account?.name)}</small></span>
      <button type="button" className="quiet" onClick={signOut}>Sign out</button>
    </header>
  );
}

function Screens({ viewer }: { viewer: Viewer }) {
  const [path] = useHashLocation();
  const isStuck = useIsStuck();
  const isEngineer = viewer.role === "ENGINEER";
  const isAtQueue = /^\/(queue|escalation)/.test(path) || (path === "/" && isEngineer);
  useEffect(() => resume(viewer.id), [viewer.id]);
  useEffect(() => void scrollTo(0, 0), [path]);
  return (
    <Router hook={useHashLocation}>
      <Top viewer={viewer} isAtQueue={isAtQueue} />
      {isStuck && <p className="banner" role="alert">No connection. What you did is kept here and goes out by itself, once, when it is back.</p>}
      <main>
        <Notice />
        <Switch>
          <Route path="/walk/:id">{({ id }) => <WalkScreen key={id} id={id} />}</Route>
          <Route path="/escalation/:id">{({ id }) => <HandOffScreen key={id} id={id} />}</Route>
          <Route>{isAtQueue ? <QueueScreen /> : <IntakeScreen />}</Route>
        </Switch>
      </main>
    </Router>
  );
}

function SignedIn() {
  const [{ data, error }, retry] = useQuery({ query: ViewerDocument });
  if (data?.viewer) return <Screens viewer={data.viewer} />;
  if (!error) return <main><p role="status">Signing in…</p></main>;
  return (
    <main>
      <p role="alert">The server could not be asked: {explain(error)} <button type="button" onClick={() => retry()}>Try again</button></p>
      <button type="button" className="quiet" onClick={signOut}>Sign out</button>
    </main>
  );
}

export function App() {
  const { token, client } = useSession();
  return (
    <>
      {token ? <Provider key={token} value={client}><SignedIn /></Provider> : <main><SignIn /></main>}
      <Announcer />
    </>
  );
}
