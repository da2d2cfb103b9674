import type { IncomingMessage } from 'node:http';
import type { RawParams } from '../api/params.ts';
import type { Reply } from './respond.ts';

const LIMIT = 512 * 1024;

/**
 * Reads the parameters of a request: the query of a read, the form or JSON body of a write.
 * @returns a reply when the request breaks a rule of the server
 */
export async function readRequest(request: IncomingMessage, url: URL): Promise<RawParams | Reply> {
  const method = request.method ?? 'GET';
  if (request.headers['transfer-encoding'] !== undefined) {
    return protocolError(501, 'chunked transfer encoding not supported');
  }
  const length = Number(request.headers['content-length'] ?? 0);
  if (method === 'GET' || method === 'DELETE') {
    return length > 0 ? protocolError(501, `Unexpected content for method '${method}'`) : fields(url.searchParams);
  }
  if (length > LIMIT) return protocolError(413, 'for data too large');
  const text = await readText(request);
  const type = String(request.headers['content-type'] ?? '');
  if (!type.startsWith('application/json'))
    return { ...fields(url.searchParams), ...fields(new URLSearchParams(text)) };
  return readJson(text, url);
}

function readJson(text: string, url: URL): RawParams | Reply {
  try {
    const value: unknown = text === '' ? {} : JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { ...fields(url.searchParams), ...value };
    }
  } catch {
    // Answered below, as what is no object is.
  }
  return protocolError(400, 'malformed JSON string');
}

/** A key that comes more than once is a list. */
function fields(params: URLSearchParams): RawParams {
  const raw: Record<string, unknown> = {};
  for (const key of new Set(params.keys())) {
    const values = params.getAll(key);
    raw[key] = values.length > 1 ? values : values[0];
  }
  return raw;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function protocolError(status: number, message: string): Reply {
  return { status, reason: message, body: message };
}

export function isReply(value: RawParams | Reply): value is Reply {
  return typeof value['status'] === 'number' && typeof value['reason'] === 'string';
}
