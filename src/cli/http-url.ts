import { InvalidError } from '../domain/errors.ts';

/** The value of a flag that is an address. @throws InvalidError */
export function httpUrl(flag: 'prometheus' | 'server', value: string): string {
  if (/^https?:\/\//.test(value) && URL.canParse(value)) return value;
  throw new InvalidError(
    `--${flag} is "${value}", expected a URL such as http://127.0.0.1:${flag === 'server' ? 8080 : 9090}`,
  );
}
