// The parts of a sealed value, IV ‖ ciphertext ‖ tag: docs/vault-api.md, rule 9.

/** 96 bits, the length that SP 800-38D section 5.2.1.1 recommends, and which GCM takes as it is (section 7.1). */
export const IV_BYTES = 12;
/** The longest tag (SP 800-38D section 5.2.1.2), and no other: the shorter one is, the easier it is to forge (appendix C). */
export const TAG_BYTES = 16;
/** What an IV takes in hex. */
export const IV_DIGITS = 24;
