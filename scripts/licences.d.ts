export function licenceOf(name: string): string;
export function licences(names: readonly string[]): string;
