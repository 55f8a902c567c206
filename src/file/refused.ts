/** Why a file is not used, in words that go behind "cannot be written: ". They show no path. */
export class FileRefused extends Error {}
