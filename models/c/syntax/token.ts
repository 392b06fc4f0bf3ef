/** What a token is. `keyword`: a reserved word, of C or of GNU C. `marker`: a merge-conflict marker, in `text` its message. */
export type TokenKind = 'name' | 'keyword' | 'number' | 'string' | 'char' | 'punctuator' | 'marker' | 'end';

/**
 * One preprocessing token. Positions: `line` and `column` are 1-based, `start` and `end` offsets into the text. `match` is the
 * index of the bracket that belongs to it, `unmatched` for a bracket that has none, and meaningless for other tokens.
 */
export class Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly line: number;
  readonly column: number;
  readonly start: number;
  readonly end: number;
  match: number = unmatched;

  constructor(kind: TokenKind, text: string, line: number, column: number, start: number, end: number) {
    this.kind = kind;
    this.text = text;
    this.line = line;
    this.column = column;
    this.start = start;
    this.end = end;
  }

  /** A closing brace that the text lacks: `matchBrackets` put it in, and reported it. */
  get isInserted(): boolean {
    return this.start === this.end && this.text === '}';
  }
}

export const unmatched = -1;

/** Something wrong that no single function is to blame for yet; `column` is 1-based. */
export interface LexicalProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly severity: 'error' | 'note';
}

/** Words that begin or continue a statement. */
const statementWords =
  'if else while do for switch case default goto break continue return asm __asm__ __asm __label__ __extension__';

/** Words of types and declarations, and operators that are words. */
const declarationWords =
  'void char short int long float double signed unsigned __signed__ __signed _Bool __int128 _Complex __complex__ ' +
  'struct union enum const volatile restrict __const __const__ __volatile__ __volatile __restrict __restrict__ _Atomic ' +
  'typedef extern static register auto inline __inline __inline__ _Noreturn __thread _Thread_local __auto_type ' +
  'typeof __typeof__ __typeof typeof_unqual __typeof_unqual__ __attribute__ __attribute _Alignas ' +
  'sizeof _Alignof __alignof__ __alignof _Generic __builtin_offsetof';

/** Reserved words: no such name is declared or used as a value. */
export const keywords: ReadonlySet<string> = new Set(`${statementWords} ${declarationWords}`.split(' '));
