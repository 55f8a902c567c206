/** Why a file is not used: words that go behind "cannot be used: ", a full stop behind them. They show no path. */
export class FileRefused extends Error {}
