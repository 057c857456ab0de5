/** The bar on top: who is signed in, and the panel with the ways to sign in that the server offers. */
import { useEffect, useId, useState, type FormEvent } from "react";
import { beginOidc, finishOidc } from "../../sign_in/oidc";
import { fetchOptions, pasted, readToken, signInAsDemo, writeToken, type SessionOptions } from "../../sign_in/session";
import { fetchViewer, useToken, type Viewer } from "./session";

/** The address that is registered with the identity provider. */
const PATH = "/graphql";

const words = (enumValue: string): string => enumValue.toLowerCase().replaceAll("_", " ").replace("l1", "L1");
const explain = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function TokenForm({ onToken }: { onToken: (token: string) => void }) {
  const [text, setText] = useState("");
  const field = useId();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const token = pasted(text);
    if (token) onToken(token);
  };
  return (
    <form onSubmit={submit}>
      <label htmlFor={field}>Bearer token or API key</label>
      <div className="hr-row">
        <input id={field} type="password" autoComplete="off" spellCheck={false} value={text} onChange={(e) => setText(e.target.value)} />
        <button>Use it</button>
      </div>
      <small>Kept in this browser tab only, and forgotten when it is closed.</small>
    </form>
  );
}

function DemoPeople({ options, onPick }: { options: SessionOptions; onPick: (email: string) => void }) {
  const accounts = [...new Set(options.demoPeople.map((person) => person.account))];
  return (
    <div className="hr-demo">
      {accounts.map((account) => (
        <fieldset key={account}>
          <legend>Demo people of {account}</legend>
          {options.demoPeople
            .filter((person) => person.account === account)
            .map((person) => (
              <button type="button" key={person.email} onClick={() => onPick(person.email)} title={person.email}>
                <strong>{person.name}</strong>
                <span>{words(person.role)}</span>
              </button>
            ))}
        </fieldset>
      ))}
    </div>
  );
}

function Panel({ options, problem, onToken, onProblem }: {
  options: SessionOptions | null;
  problem: string | null;
  onToken: (token: string) => void;
  onProblem: (problem: string) => void;
}) {
  return (
    <section className="hr-panel" aria-label="Sign in">
      {problem && <p role="alert">{problem}</p>}
      {options && options.demoPeople.length > 0 && (
        <DemoPeople options={options} onPick={(email) => void signInAsDemo(email).then(onToken, (e) => onProblem(explain(e)))} />
      )}
      {options?.oidc && (
        <button type="button" onClick={() => void beginOidc(options.oidc!, PATH).catch((e) => onProblem(explain(e)))}>
          Sign in with {new URL(options.oidc.issuer).host}
        </button>
      )}
      <TokenForm onToken={onToken} />
    </section>
  );
}

/** Reads the server's sign-in options once, and finishes an OpenID Connect sign-in that is under way. */
function useOptions(onProblem: (problem: string) => void): SessionOptions | null {
  const [options, setOptions] = useState<SessionOptions | null>(null);
  useEffect(() => {
    fetchOptions()
      .then(async (found) => {
        setOptions(found);
        const token = found.oidc && (await finishOidc(found.oidc, PATH));
        if (token) writeToken(token);
      })
      .catch((error: unknown) => onProblem(explain(error)));
  }, [onProblem]);
  return options;
}

export function SignInBar() {
  const token = useToken();
  const [viewer, setViewer] = useState<Viewer | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const options = useOptions(setProblem);
  useEffect(() => {
    setViewer(null);
    if (!token) return;
    fetchViewer(token).then(
      (found) => {
        if (found) return setViewer(found);
        setProblem("The server did not accept this token. It may have expired.");
        return token === readToken() ? writeToken(null) : undefined;
      },
      (error: unknown) => setProblem(explain(error)),
    );
  }, [token]);
  const accept = (accepted: string): void => {
    setProblem(null);
    writeToken(accepted);
  };
  return (
    <header className="hr-bar">
      <a className="hr-brand" href="/">
        Handrail
      </a>
      <span className="hr-who" aria-live="polite">
        {token ? (viewer ? `${viewer.name}${viewer.role ? `, ${words(viewer.role)}` : ""}${viewer.account ? ` · ${viewer.account.name}` : ""}` : "Signing in…") : "Not signed in"}
      </span>
      {token ? (
        <button type="button" className="hr-quiet" onClick={() => writeToken(null)}>
          Sign out
        </button>
      ) : (
        <details className="hr-sign-in" open>
          <summary>Sign in</summary>
          <Panel options={options} problem={problem} onToken={accept} onProblem={setProblem} />
        </details>
      )}
    </header>
  );
}
