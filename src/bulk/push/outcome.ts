import type { SealedEntry } from '../../entry/seal-entry.js';
import type { Finding } from '../../errors.js';

/** What became of an entry that was to be pushed. */
export type PushOutcome = PushDone | PushFailure;

interface Pushed {
  /** The line of the document that it came from. */
  readonly line: number;
  /** The entry's name, where the line could be read that far. */
  readonly permissioned_user_id?: string;
  readonly domain?: string;
}

/** An entry that the vault has. */
export interface PushDone extends Pushed {
  /**
   * `created`, `updated`: acknowledged by the vault now. `there`: the vault had this very payload, from an earlier push
   * that may not have heard the answer. `journaled`: acknowledged earlier, says the journal; nothing was sent.
   * `checked`: fit to be sent, in a dry run.
   */
  readonly status: 'created' | 'updated' | 'there' | 'journaled' | 'checked';
}

/** An entry that the vault does not have, as far as is known. */
export interface PushFailure extends Pushed {
  /** `invalid`: not sent, for it fails preflight or could not be read. `refused`: the vault, or the network, would not have it.
   * `unsent`: the push had stopped before. */
  readonly status: 'invalid' | 'refused' | 'unsent';
  /** What went wrong and what to do, as a sentence for people; shows no value. */
  readonly reason: string;
  /** What preflight has found, where the entry is `invalid` for that: the reason is made of it. */
  readonly findings?: readonly Finding[];
  /** The status of the vault's last answer, where there was one. */
  readonly httpStatus?: number;
  /** Of a refused one, whether the others would fare alike: a refused API key, a vault out of reach. */
  readonly isGeneral?: boolean;
  /** The payload, to push again; not there for an invalid one, which would fail again and may hold plain text. */
  readonly entry?: SealedEntry;
}

/** What a journal must do: remember across runs which payloads the vault has acknowledged. */
export interface PushJournal {
  /** Whether a payload was acknowledged, by its id: 32 hex digits that tell nothing of it. */
  has(id: string): boolean;
  /** Remembers it. The outcome is reported when this is done. */
  add(id: string): void | Promise<void>;
}
