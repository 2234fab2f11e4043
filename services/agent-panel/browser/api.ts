/** What the panel's own service answers; see services/agent-panel/src. */
export interface PanelCard {
  readonly eventId: string;
  readonly title: string;
  readonly price?: string;
  readonly content?: string;
  readonly imageUrl?: string;
  readonly url?: string;
  readonly memo?: string;
}

export interface VisitorRecord {
  readonly conversations: readonly {
    readonly id: string;
    readonly at: number | null;
    readonly staffName: string | null;
    readonly channel: string | null;
    readonly subject: string | null;
    readonly solved: string | null;
    readonly score: number | null;
    readonly comment: string | null;
  }[];
  readonly contact: readonly { readonly name: string; readonly value: string }[];
}

export interface Api {
  /** A ticket that is good for a while yet. */
  ticket(): Promise<string>;
  cards(): Promise<readonly PanelCard[]>;
  visitor(id: string): Promise<VisitorRecord>;
}

/** The panel's key is wrong. */
export class Unauthorized extends Error {}

/** @param key what opens the panel */
export function openApi(source: string, key: string): Api {
  const base = `/panels/${encodeURIComponent(source)}`;
  let known = { ticket: '', expiresAt: 0 };

  const ask = async (path: string, init: RequestInit): Promise<unknown> => {
    const answer = await fetch(`${base}/${path}`, init);
    if (answer.status === 401) throw new Unauthorized();
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };
  const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } });
  const ticket = async (): Promise<string> => {
    // A minute, so that it is still good when it arrives.
    if (known.expiresAt < Date.now() + 60_000)
      known = (await ask('session', { method: 'POST', ...bearer(key) })) as typeof known;
    return known.ticket;
  };
  const read = async (path: string): Promise<unknown> => ask(path, bearer(await ticket()));
  return {
    ticket,
    cards: async () => ((await read('cards')) as { cards: PanelCard[] }).cards,
    visitor: async (id) => (await read(`visitors/${encodeURIComponent(id)}`)) as VisitorRecord,
  };
}
