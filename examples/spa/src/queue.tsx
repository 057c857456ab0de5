/** The engineer's queue: what waits, longest and most urgent first, and who has taken it. */
import { useEffect, useState } from "react";
import { useQuery } from "urql";
import { announce } from "./announce";
import { send } from "./client";
import { ClaimEscalationDocument, EscalationQueueDocument, type QueuePartsFragment } from "../dist/gql";
import { explain, say, since } from "./words";

const REFRESH_MS = 8_000;

/** Claims one; says in words who was first when it was somebody else. */
export async function claim(escalationId: string): Promise<string | null> {
  const { claimEscalation } = await send(ClaimEscalationDocument, { input: { escalationId } });
  const refusal = claimEscalation.errors[0];
  announce(refusal?.message ?? "Claimed: it is yours.");
  return refusal?.message ?? null;
}

function Entry({ item, viewerId, onClaim }: { item: QueuePartsFragment; viewerId: string; onClaim: (item: QueuePartsFragment) => void }) {
  const isMine = item.claimedBy?.id === viewerId;
  return (
    <li className={`entry ${item.priority ?? ""}`}>
      <a href={`#/escalation/${item.id}`}>
        <strong>{item.session?.problem ?? "Escalation"}</strong>
        <small>
          {[item.session?.companyName, item.reasonCategory && say(item.reasonCategory), `waits ${since(item.escalatedAt)}`].filter(Boolean).join(" · ")}
        </small>
        <span className="tags">
          {item.priority && item.priority !== "NORMAL" && <em className={item.priority}>{say(item.priority)}</em>}
          {item.isCustomerWaiting && <em className="HIGH">Caller on the line</em>}
          {item.claimedBy && <em>{isMine ? "Yours" : `Claimed by ${item.claimedBy.name}`}</em>}
        </span>
      </a>
      {item.viewerCanClaim && !item.claimedBy && (
        <button type="button" onClick={() => onClaim(item)} aria-label={`Claim: ${item.session?.problem ?? "escalation"}`}>Claim</button>
      )}
    </li>
  );
}

export function QueueScreen({ viewerId }: { viewerId: string }) {
  const [after, setAfter] = useState<string | null>(null);
  const [{ data, error, fetching }, refresh] = useQuery({ query: EscalationQueueDocument, variables: { first: 20, after } });
  const [notice, setNotice] = useState<string | null>(null);
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && refresh(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [refresh]);
  const onClaim = (item: QueuePartsFragment): void =>
    void claim(item.id)
      .then((refusal) => {
        setNotice(refusal);
        if (refusal === null) location.hash = `#/escalation/${item.id}`;
        else refresh();
      })
      .catch((failure: unknown) => setNotice(explain(failure)));
  const page = data?.escalations;
  return (
    <section className="queue" aria-busy={fetching}>
      <h1>Queue {page?.totalCount !== undefined && page?.totalCount !== null && <span className="soft">{page.totalCount}</span>}</h1>
      {notice && <p className="notice" role="alert">{notice}</p>}
      {error && <p className="notice" role="alert">{error.networkError ? "No connection; the list is as it was." : explain(error)}</p>}
      {!data && fetching && <p role="status">Reading the queue…</p>}
      {page && page.nodes.length === 0 && <p className="card">Nothing waits for an engineer.</p>}
      <ul className="list">{page?.nodes.map((item) => <Entry key={item.id} item={item} viewerId={viewerId} onClaim={onClaim} />)}</ul>
      <div className="row">
        {after && <button type="button" onClick={() => setAfter(null)}>First page</button>}
        {page?.pageInfo.hasNextPage && <button type="button" onClick={() => setAfter(page.pageInfo.endCursor ?? null)}>Next page</button>}
      </div>
    </section>
  );
}
