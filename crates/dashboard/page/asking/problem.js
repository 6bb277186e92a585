// What a request failed with: RFC 9457's problem document, or what stands for one where no answer came.

const LONGEST_DETAIL = 400;

export class Problem extends Error {
  constructor({ code, detail, status = 0, retryAfter = 0, document = {} }) {
    super(detail);
    this.name = "Problem";
    this.code = code;
    this.detail = detail;
    this.status = status;
    this.retryAfterMs = retryAfter * 1000;
    this.document = document;
  }

  /// Whether it is no failure: what was asked for is not set up there.
  get isNotConfigured() {
    return this.code.endsWith("_NOT_CONFIGURED");
  }

  /// Whether Larder itself said nothing, so that nobody knows what became of the request: it was out of reach, or what
  /// stands before it gave up waiting.
  get isUnanswered() {
    return ["NO_ANSWER", "UNREADABLE"].includes(this.code) || this.code.startsWith("HTTP_5");
  }
}

/// The problem that an answer of another status than 2xx tells of.
export async function problemOf(response) {
  const text = await response.text();
  const document = parsed(text);
  return new Problem({
    // API Gateway refuses by itself, in words of its own.
    code: document.code ?? `HTTP_${response.status}`,
    detail: (document.detail ?? document.message ?? response.statusText ?? "").slice(0, LONGEST_DETAIL),
    status: response.status,
    retryAfter: seconds(response.headers.get("retry-after")),
    document,
  });
}

/// What stands for a problem where no answer came, or none that can be read.
export function problemOfFailure(error) {
  if (error instanceof Problem) return error;
  return new Problem({ code: "NO_ANSWER", detail: "Larder could not be reached." });
}

function parsed(text) {
  try {
    const document = JSON.parse(text);
    return document !== null && typeof document === "object" ? document : {};
  } catch {
    return {};
  }
}

/// Retry-After may also be a date, which Larder never writes.
function seconds(header) {
  const number = Number(header ?? 0);
  return Number.isFinite(number) && number > 0 ? number : 0;
}
