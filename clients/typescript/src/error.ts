import type { FleetProblem } from './generated/api.js';

const prefix = 'urn:fleet:';

/** Fleet answered with an error, or could not be reached. */
export class FleetError extends Error {
  override readonly name = 'FleetError';

  /** The HTTP status code; 0 where there was no answer. */
  readonly status: number;

  /** The problem's type, `urn:fleet:` and a slug; `about:blank` for an answer that is not Fleet's. */
  readonly type: string;

  /** What a program can tell the error by, such as `unknown-run`; `unreachable` where there was no answer. */
  readonly slug: string;

  /** The error in a few words. */
  readonly title: string;

  /** What happened this time and what to do about it. */
  readonly detail: string;

  /** For invalid input: what is wrong with each field. */
  readonly errors: Readonly<Record<string, readonly string[]>>;

  /** For how many seconds the server asks to be left alone; null where it does not say. */
  readonly retryAfter: number | null;

  /** The whole problem, as it was answered. */
  readonly problem: FleetProblem;

  constructor(problem: FleetProblem, options: { retryAfter?: number | null; cause?: unknown } = {}) {
    super(describe(problem), options.cause === undefined ? undefined : { cause: options.cause });
    this.problem = problem;
    this.status = problem.status;
    this.type = problem.type;
    this.slug = problem.type.startsWith(prefix) ? problem.type.slice(prefix.length) : '';
    this.title = problem.title;
    this.detail = problem.detail ?? '';
    this.errors = problem.errors ?? {};
    this.retryAfter = options.retryAfter ?? null;
  }

  /** Whether the same call may succeed later without anybody changing anything. */
  get isTransient(): boolean {
    return [0, 408, 429, 502, 503, 504].includes(this.status);
  }

  /** There was no answer. */
  static unreachable(url: URL, cause: unknown): FleetError {
    const reason = cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : String(cause);
    return new FleetError({
      type: `${prefix}unreachable`,
      title: 'Fleet cannot be reached',
      status: 0,
      detail: `${url.origin}${url.pathname} does not answer: ${reason}`,
    }, { cause });
  }
}

function describe(problem: FleetProblem): string {
  const text = problem.detail ? `${problem.title}: ${problem.detail}` : problem.title;
  const fields = Object.entries(problem.errors ?? {}).map(([field, faults]) => `${field}: ${faults.join(', ')}`);
  return fields.length === 0 ? text : `${text} (${fields.join('; ')})`;
}
