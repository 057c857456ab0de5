/** OpenID Connect, authorization code flow with PKCE (RFC 7636), for a public client: no secret in the page. */
import type { OidcOptions } from "./session";

const PENDING_KEY = "handrail.oidc";

interface Pending {
  state: string;
  verifier: string;
}

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const random = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)));

const redirectUri = (): string => `${location.origin}/graphql`;

async function discover(issuer: string): Promise<{ authorization_endpoint: string; token_endpoint: string }> {
  const response = await fetch(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  if (!response.ok) throw new Error(`The identity provider's description could not be read (HTTP ${response.status}).`);
  return response.json();
}

export async function beginOidc({ issuer, clientId, scopes }: OidcOptions): Promise<void> {
  const { authorization_endpoint } = await discover(issuer);
  const pending: Pending = { state: random(), verifier: random() };
  sessionStorage.setItem(PENDING_KEY, JSON.stringify(pending));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(pending.verifier));
  const query = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: redirectUri(),
    scope: scopes,
    state: pending.state,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: "S256",
  });
  location.assign(`${authorization_endpoint}?${query}`);
}

/** Finishes a sign-in when the provider has sent the browser back here; null when there is none under way. */
export async function finishOidc({ issuer, clientId }: OidcOptions): Promise<string | null> {
  const answer = new URLSearchParams(location.search);
  const stored = sessionStorage.getItem(PENDING_KEY);
  if (!answer.has("state") || !stored) return null;
  sessionStorage.removeItem(PENDING_KEY);
  history.replaceState(null, "", "/graphql");
  const pending = JSON.parse(stored) as Pending;
  if (answer.get("state") !== pending.state) throw new Error("The sign-in answer does not belong to this page.");
  const code = answer.get("code");
  if (!code) throw new Error(answer.get("error_description") ?? "The identity provider refused the sign-in.");
  const { token_endpoint } = await discover(issuer);
  const response = await fetch(token_endpoint, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code,
      redirect_uri: redirectUri(),
      client_id: clientId,
      code_verifier: pending.verifier,
    }),
  });
  if (!response.ok) throw new Error(`The identity provider gave no token (HTTP ${response.status}).`);
  return ((await response.json()) as { access_token: string }).access_token;
}
