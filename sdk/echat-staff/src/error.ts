/**
 * Why something did not work.
 * - `script`: the vendor's script cannot be loaded
 * - `gateway`: the gateway gives no signature
 * - `refused`: the workbench refuses the signature; `detail` is what the vendor said
 * - `timeout`: the workbench does not answer
 * - `invalid`: an argument is not what the vendor documents
 * - `unsupported`: the vendor's script does not have the method yet
 * - `failed`: the vendor's script threw, or rejected; `detail` is what with
 */
export type StaffSdkErrorCode =
  'script' | 'gateway' | 'refused' | 'timeout' | 'invalid' | 'unsupported' | 'failed';

export class StaffSdkError extends Error {
  readonly code: StaffSdkErrorCode;
  readonly detail: unknown;
  constructor(code: StaffSdkErrorCode, message: string, detail?: unknown) {
    super(message);
    this.name = 'StaffSdkError';
    this.code = code;
    this.detail = detail;
  }
}

/** What a vendor said, whose form it does not document, as one text. */
export function reasonOf(said: unknown): string {
  const { errMsg, message, msg } = (said ?? {}) as Record<string, unknown>;
  const text = [errMsg, message, msg].find((one) => typeof one === 'string') ?? said;
  try {
    return (typeof text === 'string' ? text : text === undefined ? 'no reason' : JSON.stringify(text)).slice(
      0,
      500,
    );
  } catch {
    return 'a reason that cannot be read';
  }
}
