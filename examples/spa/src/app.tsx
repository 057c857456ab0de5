/** The frame: sign-in, who is signed in, and the screen that the address names. */
import { useEffect, useState, useSyncExternalStore, type FormEvent } from "react";
import { useQuery } from "urql";
import { Announcer } from "./announce";
import { useIsWaiting } from "./client";
import { ViewerDocument } from "../dist/gql";
import { HandOffScreen } from "./hand_off";
import { IntakeScreen } from "./intake";
import { QueueScreen } from "./queue";
import { fetchDemoPeople, signInAsDemo, useToken, writeToken, type DemoPerson } from "./session";
import { WalkScreen } from "./walk";
import { explain, say } from "./words";

const useHash = (): string =>
  useSyncExternalStore(
    (listener) => {
      addEventListener("hashchange", listener);
      return () => removeEventListener("hashchange", listener);
    },
    () => location.hash,
  );

function SignIn() {
  const [people, setPeople] = useState<DemoPerson[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => void fetchDemoPeople().then(setPeople, () => setPeople([])), []);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const token = String(new FormData(event.currentTarget).get("token")).trim().replace(/^Bearer\s+/i, "");
    if (token) writeToken(token);
  };
  return (
    <div className="sign-in">
      <h1>Handrail</h1>
      <p className="soft">One question at a time, from the caller’s words to solved or handed over.</p>
      {people.length > 0 && (
        <section className="card">
          <h2>Demo people</h2>
          {[...new Set(people.map((person) => person.account))].map((account) => (
            <fieldset key={account}>
              <legend>{account}</legend>
              {people.filter((person) => person.account === account).map((person) => (
                <button key={person.email} type="button" title={person.email} onClick={() => void signInAsDemo(person.email).catch((e: unknown) => setProblem(explain(e)))}>
                  <strong>{person.name}</strong>
                  <small>{say(person.role.toUpperCase())}</small>
                </button>
              ))}
            </fieldset>
          ))}
        </section>
      )}
      <form className="card" onSubmit={submit}>
        <label>
          Token
          <input name="token" type="password" autoComplete="off" required />
        </label>
        <p className="soft">Kept in this browser tab only.</p>
        {problem && <p className="notice" role="alert">{problem}</p>}
        <button className="primary">Sign in</button>
      </form>
    </div>
  );
}

const ConnectionBanner = () =>
  useIsWaiting() ? (
    <p className="banner" role="alert">
      No connection. What you did is kept here and goes out by itself, once, when it is back.
    </p>
  ) : null;

function Screen({ hash, viewerId, role }: { hash: string; viewerId: string; role: string }) {
  const [, name, id] = hash.split("/");
  if (name === "walk" && id) return <WalkScreen key={id} id={id} viewerId={viewerId} />;
  if (name === "escalation" && id) return <HandOffScreen key={id} id={id} viewerId={viewerId} />;
  if (name === "queue" || (!name && role === "ENGINEER")) return <QueueScreen viewerId={viewerId} />;
  return <IntakeScreen />;
}

function SignedIn() {
  const hash = useHash();
  const [{ data, error }, retry] = useQuery({ query: ViewerDocument });
  const viewer = data?.viewer;
  if (!viewer)
    return (
      <main>
        {error ? <p role="alert">The server could not be asked: {explain(error)} <button type="button" onClick={() => retry()}>Try again</button></p> : <p role="status">Signing in…</p>}
      </main>
    );
  const role = viewer.role ?? "";
  const isQueue = hash.startsWith("#/queue") || hash.startsWith("#/escalation") || (hash.length < 3 && role === "ENGINEER");
  return (
    <>
      <header className="top">
        <nav aria-label="Screens">
          <a href="#/calls" aria-current={isQueue ? undefined : "page"}>Calls</a>
          <a href="#/queue" aria-current={isQueue ? "page" : undefined}>Queue</a>
        </nav>
        <span className="who">{viewer.name}<small>{[role && say(role), viewer.account?.name].filter(Boolean).join(", ")}</small></span>
        <button type="button" className="quiet" onClick={() => writeToken(null)}>Sign out</button>
      </header>
      <ConnectionBanner />
      <main>
        <Screen hash={hash} viewerId={viewer.id} role={role} />
      </main>
    </>
  );
}

export function App() {
  const token = useToken();
  return (
    <>
      {token ? <SignedIn key={token} /> : <main><SignIn /></main>}
      <Announcer />
    </>
  );
}
