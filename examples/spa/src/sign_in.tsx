/** The ways to sign in that this server offers: one click for demo people, an identity provider, a pasted token. */
import { useEffect, useState } from "react";
import { beginOidc, finishOidc } from "../../../web/sign_in/oidc";
import { fetchOptions, pasted, signInAsDemo, writeToken, type DemoPerson, type SessionOptions } from "../../../web/sign_in/session";
import { onForm, textOf } from "./form";
import { Notice, tell } from "./tell";
import { explain, say } from "./words";

/** The address that is registered with the identity provider. */
const PATH = "/app";

function accept(token: string): void {
  tell(null);
  writeToken(token);
}

const attempt = (way: Promise<string | null | void>): void =>
  void way.then((token) => token && accept(token)).catch((error: unknown) => tell(explain(error)));

function DemoPeople({ people }: { people: DemoPerson[] }) {
  const accounts = [...new Set(people.map((person) => person.account))];
  return (
    <section className="card">
      <h2>Demo people</h2>
      {accounts.map((account) => (
        <fieldset key={account}>
          <legend>{account}</legend>
          {people.filter((person) => person.account === account).map((person) => (
            <button key={person.email} type="button" title={person.email} onClick={() => attempt(signInAsDemo(person.email))}>
              <strong>{person.name}</strong>
              <small>{say(person.role.toUpperCase())}</small>
            </button>
          ))}
        </fieldset>
      ))}
    </section>
  );
}

export function SignIn() {
  const [options, setOptions] = useState<SessionOptions | null>(null);
  useEffect(() => {
    attempt(
      fetchOptions().then((found) => {
        setOptions(found);
        return found.oidc && finishOidc(found.oidc, PATH);
      }),
    );
  }, []);
  const oidc = options?.oidc;
  return (
    <div className="sign-in">
      <h1>Handrail</h1>
      <p className="soft">One question at a time, from the caller’s words to solved or handed over.</p>
      <Notice />
      {oidc && <button type="button" className="primary" onClick={() => attempt(beginOidc(oidc, PATH))}>Sign in with {new URL(oidc.issuer).host}</button>}
      {options && options.demoPeople.length > 0 && <DemoPeople people={options.demoPeople} />}
      <form className="card" onSubmit={onForm((fields) => accept(pasted(textOf(fields, "token") ?? "")))}>
        <label>
          Token
          <input name="token" type="password" autoComplete="off" required />
        </label>
        <p className="soft">Kept in this browser tab only.</p>
        <button className="primary">Sign in</button>
      </form>
    </div>
  );
}
