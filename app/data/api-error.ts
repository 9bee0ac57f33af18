/** A refusal of the API (RFC 9457). `message` is a sentence for people; `code` is stable. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** `not_found`, `conflict` …; `offline` when no answer came. */
  readonly code: string;
  /** The other members of the problem: `requestId`, `problems`, `current` … */
  readonly details: Record<string, unknown>;

  constructor(status: number, code: string, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }

  get title(): string {
    return typeof this.details['title'] === 'string' ? this.details['title'] : 'Something went wrong';
  }
}

/** Makes an ApiError of an answer that is not ok. Anything that is not a problem document is told by its status. */
export async function readProblem(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => '');
  const body = parseObject(text);
  if (typeof body?.['code'] !== 'string') {
    return new ApiError(
      response.status,
      'unexpected',
      `The server answered ${response.status} without saying why. Try again.`,
      {
        body: text.slice(0, 2000),
      },
    );
  }
  const { code, detail, status: _, type: __, ...details } = body;
  return new ApiError(response.status, code as string, String(detail ?? details['title'] ?? code), details);
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
