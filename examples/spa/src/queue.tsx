/** The engineer's queue: what waits, longest and most urgent first, and who has taken it. */
import { useState } from "react";
import { navigate } from "wouter/use-hash-location";
import { ClaimEscalationDocument, EscalationQueueDocument, type QueuePartsFragment } from "../dist/gql";
import { useTask } from "./form";
import { useLive, useViewer } from "./live";
import { call } from "./outbox";
import { announce } from "./tell";
import { explain, list, say, since } from "./words";

export async function claim(escalationId: string): Promise<void> {
  await call(ClaimEscalationDocument, { input: { escalationId } });
  announce("Claimed: it is yours.");
}

function Entry({ item, onClaim }: { item: QueuePartsFragment; onClaim: () => void }) {
  const viewer = useViewer();
  const { session, claimedBy, priority } = item;
  return (
    <li className={`entry ${priority}`}>
      <a href={`#/escalation/${item.id}`}>
        <strong>{session?.problem ?? "Escalation"}</strong>
        <small>{list(session?.companyName, say(item.reasonCategory), `waits ${since(item.escalatedAt)}`)}</small>
        <span className="tags">
          {priority !== "NORMAL" && <em className={priority}>{say(priority)}</em>}
          {item.isCustomerWaiting && <em className="HIGH">Caller on the line</em>}
          {claimedBy && <em>{claimedBy.id === viewer.id ? "Yours" : `Claimed by ${claimedBy.name}`}</em>}
        </span>
      </a>
      {item.viewerCanClaim && !claimedBy && (
        <button type="button" onClick={onClaim} aria-label={`Claim: ${session?.problem ?? "escalation"}`}>Claim</button>
      )}
    </li>
  );
}

export function QueueScreen() {
  const [after, setAfter] = useState<string | null>(null);
  const { data, error, isLoading, refresh } = useLive(EscalationQueueDocument, { first: 20, after });
  const { run } = useTask();
  const onClaim = (id: string): void =>
    void run(() => claim(id)).then((isDone) => (isDone ? navigate(`/escalation/${id}`) : refresh()));
  const page = data?.escalations;
  return (
    <section className="queue">
      <h1>Queue <span className="soft">{page?.totalCount}</span></h1>
      {error && <p className="notice" role="alert">{error.networkError ? "No connection; the list is as it was." : explain(error)}</p>}
      {isLoading && <p role="status">Reading the queue…</p>}
      {page?.nodes.length === 0 && <p className="card">Nothing waits for an engineer.</p>}
      <ul className="list">{page?.nodes.map((item) => <Entry key={item.id} item={item} onClaim={() => onClaim(item.id)} />)}</ul>
      <div className="row">
        {after && <button type="button" onClick={() => setAfter(null)}>First page</button>}
        {page?.pageInfo.hasNextPage && <button type="button" onClick={() => setAfter(page.pageInfo.endCursor)}>Next page</button>}
      </div>
    </section>
  );
}
