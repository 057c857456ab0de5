/** Queries that follow what others do: asked again now and then, and when the person comes back to the window. */
import { useCallback, useEffect, useRef } from "react";
import { useQuery, type AnyVariables, type TypedDocumentNode } from "urql";
import { ViewerDocument, type ViewerQuery } from "../dist/gql";

const EVERY_MS = 8_000;

/** The newest data there is; a refresh that fails leaves what is shown, with `error` beside it. */
export function useLive<Data, Variables extends AnyVariables>(query: TypedDocumentNode<Data, Variables>, variables: Variables) {
  const [{ data, error, fetching }, execute] = useQuery({ query, variables } as Parameters<typeof useQuery<Data, Variables>>[0]);
  const last = useRef(data);
  if (data) last.current = data;
  const refresh = useCallback(() => execute({ requestPolicy: "network-only" }), [execute]);
  useEffect(() => {
    const look = (): void => void (document.hidden || refresh());
    const timer = setInterval(look, EVERY_MS);
    addEventListener("focus", look);
    return () => {
      clearInterval(timer);
      removeEventListener("focus", look);
    };
  }, [refresh]);
  return { data: last.current, error, isLoading: fetching && !last.current, refresh };
}

/** The person who is signed in; screens are shown only when that is known. */
export function useViewer(): NonNullable<ViewerQuery["viewer"]> {
  const [{ data }] = useQuery({ query: ViewerDocument, requestPolicy: "cache-only" });
  return data!.viewer!;
}
