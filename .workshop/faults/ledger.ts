import type { Asked } from './ask.ts';

/** A card that stands in no log and no report; only whether the vault gives back the very same. */
export type Card = { readonly number: string; readonly expMonth: number; readonly expYear: number };

/** A request that makes a token, and how its answer is read; to be repeated byte by byte. */
export type Making = {
  readonly by: 'token.create' | 'token.import';
  readonly card: Card;
  readonly asked: Asked;
  /**
   * The id of the token in an answer. Rejects with Closed for a refusal inside the seal, and otherwise when
   * the answer does not read as documented.
   */
  readonly idIn: (body: unknown) => Promise<string>;
  /** When its ticket, or its name, is forgotten: by `performance.now()`. */
  readonly until: number;
};

/** The vault has refused inside the seal, with a code. */
export class Closed extends Error {
  override readonly name = 'Closed';
}

/** How often something was asked for, and how often that it was done was told. */
export type Times = { sent: number; acknowledged: number };
const never = (): Times => ({ sent: 0, acknowledged: 0 });

/** What a client was told of a token. */
export type Entry = {
  readonly id: string;
  readonly making: Making;
  /** What its metadata may say: one text, and after an update without an answer two. */
  notes: readonly string[];
  /** `maybe`: somebody asked for it and had no answer. */
  deleted: 'no' | 'maybe' | 'yes';
  readonly updates: Times;
  readonly reveals: Times;
  /** Whether its card was opened since it was made, and found to be the one. */
  seen: boolean;
};

/** All that was acknowledged, and what was sent and never answered. */
export class Ledger {
  readonly entries = new Map<string, Entry>();
  /** Sent, without an answer: to be sent again when the fault is over. */
  readonly unanswered: Making[] = [];
  readonly wrong: string[] = [];
  readonly lost: string[] = [];
  /** Living tokens whose security code is not held any more. */
  codesGone = 0;

  /** A token for a request; the second for the same request must be the same one. */
  made(making: Making, id: string): Entry {
    const known = this.entries.get(id);
    if (known !== undefined) {
      if (known.making !== making) this.wrong.push(`${id} was given for two requests`);
      return known;
    }
    const entry: Entry = {
      ...{ id, making, notes: [''], deleted: 'no', seen: false },
      ...{ updates: never(), reveals: never() },
    };
    this.entries.set(id, entry);
    return entry;
  }

  /** What was lost and wrong since this was asked for last. */
  told(): { readonly lost: readonly string[]; readonly wrong: readonly string[] } {
    return { lost: this.lost.splice(0), wrong: this.wrong.splice(0) };
  }

  /** Says once what was wrong, however often it is seen again. */
  note(list: 'wrong' | 'lost', what: string): void {
    if (!this[list].includes(what)) this[list].push(what);
  }
}
