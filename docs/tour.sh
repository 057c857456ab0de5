#!/bin/sh
# A ticket from intake to escalation, claim and back, with curl and python3 alone: sh docs/tour.sh [ADDRESS]
#
# ADDRESS (or HANDRAIL_URL) is a running server, http://127.0.0.1:8000 by default. In development the script signs in as
# two demo people by itself; elsewhere give it L1_TOKEN and ENGINEER_TOKEN. It stops at the first surprise, status 1.
set -eu

URL=${1:-${HANDRAIL_URL:-http://127.0.0.1:8000}}
URL=${URL%/}
BODY=$(mktemp)
trap 'rm -f "$BODY"' EXIT
trap 'exit 1' INT TERM

step() { STEP=$((${STEP:-0} + 1)); printf '\n%2s. %s\n' "$STEP" "$1"; }
said() { printf '      %s\n' "$1"; }
wrong() {
  printf '\nStopped at step %s: %s\n' "${STEP:-0}" "$1" >&2
  [ ! -s "$BODY" ] || { cat "$BODY"; echo; } >&2
  kill -s TERM $$ # called in a substitution, `exit` alone would leave only that
  exit 1
}
new_key() { python3 -c 'import uuid; print(uuid.uuid4())'; }

# token EMAIL: one-click sign-in, which a server offers during development and on its own machine only
token() {
  curl -sS -o "$BODY" "$URL/session/demo" -H 'Content-Type: application/json' -d "{\"email\": \"$1\"}" \
    || wrong "nobody answers at $URL; start the server with: make run"
  pick token
}

# send TOKEN DOCUMENT VARIABLES: one GraphQL request; the answer is in $BODY
send() {
  request=$(python3 -c 'import json, sys; print(json.dumps({"query": sys.argv[1], "variables": json.loads(sys.argv[2])}))' "$2" "$3")
  curl -sS -o "$BODY" "$URL/graphql" -H "Authorization: Bearer $1" -H 'Content-Type: application/json' -d "$request" \
    || wrong "nobody answers at $URL; start the server with: make run"
}

# pick PATH: the value at a dotted path of $BODY; lists become one line an element
pick() {
  python3 - "$BODY" "$1" <<'PY' || wrong "the answer has no $1"
import json, sys
value = json.load(open(sys.argv[1], encoding="utf-8"))
for name in sys.argv[2].split("."):
    value = value[int(name)] if name.lstrip("-").isdigit() else value[name]
if value is None:
    sys.exit(1)
print("\n".join(map(str, value)) if isinstance(value, list) else value)
PY
}

# done_without_errors FIELD: the mutation did what it should
done_without_errors() { [ -z "$(pick "data.$1.errors")" ] || wrong "$1 was refused"; }
same() { [ "$1" = "$2" ] || wrong "expected $2, got $1"; }

NODE='nodeId text __typename ... on QuestionNode { options { value label } } ... on InstructionNode { acknowledgeLabel }'
INTAKE="mutation (\$input: IntakeInput!) { intake(input: \$input) {
  outcome { __typename ... on WalkStarted { session { id number step ticket { id number } currentNode { $NODE } } } }
  errors { code message field } } }"
ANSWER="mutation (\$input: AnswerNodeInput!) { answerNode(input: \$input) {
  session { id step currentNode { $NODE } walkedPath { question answerLabel } }
  errors { code message session { step currentNode { text } } } } }"

printf 'Handrail at %s\n' "$URL"

step 'Sign in: a technician of the first line, and an engineer'
L1=${L1_TOKEN:-$(token l1@acme.example)}
ENGINEER=${ENGINEER_TOKEN:-$(token engineer@acme.example)}
send "$L1" '{ viewer { name role account { name } } }' '{}'
said "$(pick data.viewer.name) ($(pick data.viewer.role)) of $(pick data.viewer.account.name)"
send "$ENGINEER" '{ viewer { name role } }' '{}'
said "$(pick data.viewer.name) ($(pick data.viewer.role))"

step 'Choose a published flow'
send "$L1" '{ flows(first: 100) { nodes { id slug title } } }' '{}'
FLOW=$(python3 -c 'import json, sys
flows = json.load(open(sys.argv[1]))["data"]["flows"]["nodes"]
print(next((one["id"] for one in flows if one["slug"] == "printer-not-printing"), flows[0]["id"]))' "$BODY") || wrong 'there is no flow'
send "$L1" 'query ($id: ID!) { flow(id: $id) { title publishedVersion { number } } }' "{\"id\": \"$FLOW\"}"
said "$(pick data.flow.title), version $(pick data.flow.publishedVersion.number)"

step 'Intake with that flow and an idempotency key'
KEY=$(new_key)
INPUT="{\"input\": {\"problem\": \"Nothing comes out of the printer on floor 2\", \"customerName\": \"Ada\",
  \"companyName\": \"Initech\", \"priority\": \"HIGH\", \"flowId\": \"$FLOW\", \"idempotencyKey\": \"$KEY\"}}"
send "$L1" "$INTAKE" "$INPUT"
done_without_errors intake
same "$(pick data.intake.outcome.__typename)" WalkStarted
SESSION=$(pick data.intake.outcome.session.id)
NUMBER=$(pick data.intake.outcome.session.number)
TICKET=$(pick data.intake.outcome.session.ticket.id)
said "Walk $NUMBER with a ticket of our own. It asks: $(pick data.intake.outcome.session.currentNode.text)"

step 'The reply got lost? The same input with the same key gives the same walk and the same ticket'
send "$L1" "$INTAKE" "$INPUT"
done_without_errors intake
same "$(pick data.intake.outcome.session.id)" "$SESSION"
same "$(pick data.intake.outcome.session.ticket.id)" "$TICKET"
said "Still walk $NUMBER"

# answer_input: what answers the node in $BODY at path $1 (first option of a question, `done` for an instruction)
answer_input() {
  python3 - "$BODY" "$1" "$SESSION" "$KEY" <<'PY' || wrong 'there is no node to answer'
import json, sys
session = json.load(open(sys.argv[1], encoding="utf-8"))
for name in sys.argv[2].split("."):
    session = session[name]
node = session["currentNode"]
answer = node["options"][0]["value"] if node["__typename"] == "QuestionNode" else "done"
print(json.dumps({"input": {"sessionId": sys.argv[3], "nodeId": node["nodeId"], "answer": answer,
                            "expectedStep": session["step"], "idempotencyKey": sys.argv[4]}}))
PY
}

step 'Answer the first node'
KEY=$(new_key)
INPUT=$(answer_input data.intake.outcome.session)
send "$L1" "$ANSWER" "$INPUT"
done_without_errors answerNode
STEP_NOW=$(pick data.answerNode.session.step)
said "Recorded: $(pick data.answerNode.session.walkedPath.-1.question) $(pick data.answerNode.session.walkedPath.-1.answerLabel)"
said "Step $STEP_NOW. Next: $(pick data.answerNode.session.currentNode.text)"

step 'The same answer again with the same key: recorded once'
send "$L1" "$ANSWER" "$INPUT"
done_without_errors answerNode
same "$(pick data.answerNode.session.step)" "$STEP_NOW"
said "Still step $STEP_NOW"

step 'The old answer under a new key, as from a stale second tab: refused, with what is current'
send "$L1" "$ANSWER" "$(printf '%s' "$INPUT" | sed "s/$KEY/$(new_key)/")"
CODE=$(pick data.answerNode.errors.0.code)
case $CODE in STALE_STEP | STALE_NODE) ;; *) wrong "expected a stale answer to be refused, got $CODE" ;; esac
same "$(pick data.answerNode.errors.0.session.step)" "$STEP_NOW"
said "$CODE: $(pick data.answerNode.errors.0.message)"

step 'A note, kept with the walk'
send "$L1" 'mutation ($input: SaveNotesInput!) { saveNotes(input: $input) {
  session { notesVersion notes { text } } errors { code message } } }' \
  "{\"input\": {\"sessionId\": \"$SESSION\", \"expectedNotesVersion\": 0, \"notes\": [{\"text\": \"The display says E-07.\"}]}}"
done_without_errors saveNotes
said "Saved: $(pick data.saveNotes.session.notes.0.text)"

step 'Escalate: an engineer gets the whole story'
send "$L1" 'mutation ($input: EscalateInput!) { escalate(input: $input) {
  session { status } escalation { id recipients { name channel } } warnings { code message } errors { code message } } }' \
  "{\"input\": {\"sessionId\": \"$SESSION\", \"reasonCategory\": \"HARDWARE_OR_ONSITE\", \"reason\": \"E-07 is a fuser fault.\",
    \"isCustomerWaiting\": true, \"idempotencyKey\": \"$(new_key)\"}}"
done_without_errors escalate
same "$(pick data.escalate.session.status)" ESCALATED
ESCALATION=$(pick data.escalate.escalation.id)
TOLD=$(python3 -c 'import json, sys
print(", ".join(one["name"] for one in json.load(open(sys.argv[1]))["data"]["escalate"]["escalation"]["recipients"]))' "$BODY")
said "The walk is ESCALATED; told: $TOLD"

step 'The queue, as the engineer sees it: the most urgent first, then who waits longest'
send "$ENGINEER" '{ escalations(first: 100, filter: { status: [OPEN] }) {
  nodes { id priority isCustomerWaiting viewerCanClaim session { number companyName problem } } } }' '{}'
python3 - "$BODY" "$ESCALATION" <<'PY' || wrong 'the escalation is not in the queue, or cannot be claimed'
import json, sys
nodes = json.load(open(sys.argv[1], encoding="utf-8"))["data"]["escalations"]["nodes"]
for one in nodes[:5]:
    print(f'      {one["priority"]:8} walk {one["session"]["number"]}: {one["session"]["problem"]}')
sys.exit(not any(one["id"] == sys.argv[2] and one["viewerCanClaim"] for one in nodes))
PY

step 'The hand-off package'
send "$ENGINEER" 'query ($id: ID!) { escalation(id: $id) { package { version digest steps { question answerLabel } } } }' \
  "{\"id\": \"$ESCALATION\"}"
pick data.escalation.package.digest | sed 's/^/      | /'

step 'Claim it. Claiming again is no error; for anybody else it is taken'
CLAIM='mutation ($input: ClaimEscalationInput!) { claimEscalation(input: $input) {
  escalation { status claimedBy { name } } errors { code message } } }'
send "$ENGINEER" "$CLAIM" "{\"input\": {\"escalationId\": \"$ESCALATION\"}}"
done_without_errors claimEscalation
send "$ENGINEER" "$CLAIM" "{\"input\": {\"escalationId\": \"$ESCALATION\"}}"
done_without_errors claimEscalation
said "$(pick data.claimEscalation.escalation.status) by $(pick data.claimEscalation.escalation.claimedBy.name)"
send "$L1" "$CLAIM" "{\"input\": {\"escalationId\": \"$ESCALATION\"}}"
said "The technician tries too: $(pick data.claimEscalation.errors.0.code)"

step 'Give it back to the first line, with what to try'
send "$ENGINEER" 'mutation ($input: CloseEscalationInput!) { closeEscalation(input: $input) {
  escalation { status outcome } errors { code message } } }' \
  "{\"input\": {\"escalationId\": \"$ESCALATION\", \"outcome\": \"RETURNED_TO_L1\", \"notes\": \"Fuser swapped. Please print a test page with her.\"}}"
done_without_errors closeEscalation
same "$(pick data.closeEscalation.escalation.status)" RETURNED
said "$(pick data.closeEscalation.escalation.status)"

step 'The technician is told, and goes on where the walk stood'
send "$L1" '{ viewer { unreadNotificationCount notifications(first: 1) { nodes { kind } } } }' '{}'
said "Newest notification: $(pick data.viewer.notifications.nodes.0.kind)"
send "$L1" 'mutation ($input: ContinueWalkInput!) { continueWalk(input: $input) {
  session { id number status continues { number } currentNode { text } } errors { code message } } }' \
  "{\"input\": {\"sessionId\": \"$SESSION\", \"idempotencyKey\": \"$(new_key)\"}}"
done_without_errors continueWalk
same "$(pick data.continueWalk.session.continues.number)" "$NUMBER"
same "$(pick data.continueWalk.session.status)" ACTIVE
CONTINUED=$(pick data.continueWalk.session.id)
said "Walk $(pick data.continueWalk.session.number) continues walk $NUMBER at: $(pick data.continueWalk.session.currentNode.text)"

step 'Resolve it'
send "$L1" 'mutation ($input: ResolveInput!) { resolve(input: $input) { session { status outcome } errors { code message } } }' \
  "{\"input\": {\"sessionId\": \"$CONTINUED\", \"resolutionNotes\": \"The test page came out.\", \"helpful\": true, \"idempotencyKey\": \"$(new_key)\"}}"
done_without_errors resolve
said "$(pick data.resolve.session.status), $(pick data.resolve.session.outcome)"

printf '\nDone: one ticket, two walks, nothing lost. See it in a browser: %s/\n' "$URL"
