import { AlreadyAnswered, type Route } from '@hushfield/contract/api';
import { Problem } from '@hushfield/contract/http';
import { HushfieldError } from './hushfield-error.ts';
import { readLeniently } from './read-leniently.ts';

/**
 * Beyond the longest list: a hundred tokens, each with as much as the 16 kB of a request can say of it. What
 * says more is not a vault.
 */
const MAX_BYTES = 4_000_000;

/**
 * Reads an answer, however little it is one.
 *
 * @throws HushfieldError for every refusal, and for what no vault says.
 */
export async function readAnswer(route: Route, response: Response): Promise<unknown> {
  const { status } = response;
  const body = await bodyOf(response);
  if (status !== route.status) throw refusalOf(status, body);
  if (route.answer === undefined) return undefined;
  const parsed = readLeniently(route.answer, body);
  if (parsed.success) return parsed.data;
  const repeated = route.secretAnswer ? readLeniently(AlreadyAnswered, body) : undefined;
  if (repeated?.success) return repeated.data;
  throw notAVault(status);
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await textOf(response);
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw notAVault(response.status);
  }
}

async function textOf({ body, status }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) throw notAVault(status);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function refusalOf(status: number, body: unknown): HushfieldError {
  const { success, data } = readLeniently(Problem, body);
  if (!success) return notAVault(status);
  const { code, title, retryable, requestId, field } = data;
  return new HushfieldError(code, title, {
    ...{ status, retryable, requestId },
    ...(field === undefined ? {} : { field }),
  });
}

/** A proxy's page, a redirect, another service: nothing of it goes into the error. */
function notAVault(status: number): HushfieldError {
  const retryable = status >= 500 || status === 429;
  return new HushfieldError('service_unavailable', 'The answer is not one of a vault.', {
    status,
    retryable,
  });
}
