/** Text from outside, fit for a terminal: a name from a QR code, or of an entry, could hold what one obeys. */
export function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, '\uFFFD');
}
