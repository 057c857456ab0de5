"""What is left of JSON columns when a customer's data are erased: structure and times without people's words."""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

ERASED: Final = "[erased]"

# Constant SQL, nothing of a caller's is in it. Free answers are typed by people; a chosen option is the flow's text.
PATH = text(f"""(
  SELECT coalesce(jsonb_agg(
    (step || '{{"note": null}}'::jsonb)
    || CASE WHEN step->>'kind' = 'data_input' THEN '{{"answer": "{ERASED}", "answerLabel": "{ERASED}"}}'::jsonb
       ELSE '{{}}'::jsonb END
    || CASE WHEN step ? 'facts' THEN '{{"facts": {{}}, "factsBefore": {{}}}}'::jsonb ELSE '{{}}'::jsonb END
    ORDER BY place), '[]'::jsonb)
  FROM jsonb_array_elements(l1_walk_sessions.walked_path) WITH ORDINALITY AS steps (step, place))""")  # noqa: S608
NOTES = text(f"""(
  SELECT coalesce(jsonb_agg(note || '{{"text": "{ERASED}"}}'::jsonb ORDER BY place), '[]'::jsonb)
  FROM jsonb_array_elements(l1_walk_sessions.walk_notes) WITH ORDINALITY AS notes (note, place))""")  # noqa: S608
PACKAGE = text(f"""(
  escalations.package || jsonb_build_object(
    'symptom', '{ERASED}', 'reason', null, 'companyName', null, 'facts', '[]'::jsonb, 'notes', '[]'::jsonb,
    'tried', '[]'::jsonb, 'ruledOut', '[]'::jsonb, 'openQuestions', '[]'::jsonb, 'steps', '[]'::jsonb,
    'takenBack', '[]'::jsonb, 'digest', '{ERASED}'))""")
