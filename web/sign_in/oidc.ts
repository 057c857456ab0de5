/** OpenID Connect, authorization code flow with PKCE (RFC 7636), for a public client: no secret in the page. */
import type { OidcOptions } from "./session";

const PENDING_KEY = "handrail.oidc";

interface Pending {
  state: string;
  verifier: string;
  /** Where on the page the person was: providers send back to the registered address only. */
  hash: string;
}

interface Provider {
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
}

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const random = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)));

async function discover(issuer: string): Promise<Provider> {
  const response = await fetch(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  if (!response.ok) throw new Error(`The identity provider's description could not be read (HTTP ${response.status}).`);
  const provider = (await response.json()) as Provider;
  // OpenID Connect Discovery 4.3: another issuer's description is not this one's.
  if (provider.issuer !== issuer) throw new Error("The identity provider describes itself as another one.");
  return provider;
}

/** Sends the browser to the provider; it comes back to `path` of our origin, which is registered there. */
export async function beginOidc({ issuer, clientId, scopes }: OidcOptions, path: string): Promise<void> {
  const { authorization_endpoint } = await discover(issuer);
  const pending: Pending = { state: random(), verifier: random(), hash: location.hash };
  sessionStorage.setItem(PENDING_KEY, JSON.stringify(pending));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(pending.verifier));
  const target = new URL(authorization_endpoint);
  const query = {
    response_type: "code",
    client_id: clientId,
    redirect_uri: `${location.origin}${path}`,
    scope: scopes,
    state: pending.state,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
  location.assign(target);
}

/** Finishes a sign-in when the provider has sent the browser back here; null when there is none under way. */
export async function finishOidc({ issuer, clientId }: OidcOptions, path: string): Promise<string | null> {
  const answer = new URLSearchParams(location.search);
  const stored = sessionStorage.getItem(PENDING_KEY);
  if (!answer.has("state") || !stored) return null;
  sessionStorage.removeItem(PENDING_KEY);
  const pending = JSON.parse(stored) as Pending;
  history.replaceState(null, "", `${path}${pending.hash}`);
  if (answer.get("state") !== pending.state) throw new Error("The sign-in answer does not belong to this page.");
  // RFC 9207: where a provider names itself in the answer, it has to be the one that was asked.
  if ((answer.get("iss") ?? issuer) !== issuer) throw new Error("The sign-in answer comes from another identity provider.");
  const code = answer.get("code");
  if (!code) throw new Error(answer.get("error_description") ?? "The identity provider refused the sign-in.");
  const { token_endpoint } = await discover(issuer);
  const response = await fetch(token_endpoint, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code,
      redirect_uri: `${location.origin}${path}`,
      client_id: clientId,
      code_verifier: pending.verifier,
    }),
  });
  if (!response.ok) throw new Error(`The identity provider gave no token (HTTP ${response.status}).`);
  return ((await response.json()) as { access_token: string }).access_token;
}
