/** A rule's weight, and what to do where it is broken. */
export interface Rule {
  /** An error keeps a payload from being sent; a warning is worth a look. */
  readonly severity: 'error' | 'warning';
  readonly hint: string;
}

export const error = (hint: string): Rule => ({ severity: 'error', hint });
export const warning = (hint: string): Rule => ({ severity: 'warning', hint });
