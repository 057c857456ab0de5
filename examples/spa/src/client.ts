/** Who is signed in, and the GraphQL client that asks in their name: another person gets another client and cache. */
import { cacheExchange } from "@urql/exchange-graphcache";
import { Client, fetchExchange } from "urql";
import { create } from "zustand";
import { onToken, readToken, writeToken } from "../../../web/sign_in/session";

/** Longer than the slowest model step, so that a call that still works is not cut off. */
const PATIENCE_MS = 60_000;

/** What has no `id` belongs to what it came with: a node's `nodeId` is unique in its own tree only. */
const parts = [
  "QuestionNode", "MultiChoiceNode", "DataInputNode", "InstructionNode", "ResolvedNode", "EscalateNode",
  "NodeOption", "WalkedStep", "HandOffPackage", "HandOffStep", "HandOffNote", "EscalationConnection",
  "WalkSessionConnection", "PageInfo",
];

function connect(token: string | null): Client {
  return new Client({
    url: "/graphql",
    preferGetMethod: false,
    requestPolicy: "cache-and-network",
    exchanges: [cacheExchange({ keys: Object.fromEntries(parts.map((name) => [name, () => null])) }), fetchExchange],
    fetch: async (input, init) => {
      const headers = new Headers(init?.headers);
      if (token) headers.set("authorization", `Bearer ${token}`);
      const given = AbortSignal.timeout(PATIENCE_MS);
      const signal = init?.signal ? AbortSignal.any([init.signal, given]) : given;
      const response = await fetch(input, { ...init, headers, signal });
      // Only the token that was refused is forgotten: somebody may have signed in while this was under way.
      if (response.status === 401 && token === readToken()) writeToken(null);
      return response;
    },
  });
}

const signedIn = () => ({ token: readToken(), client: connect(readToken()) });

export const useSession = create(signedIn);
onToken(() => useSession.setState(signedIn()));
