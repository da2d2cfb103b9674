import { isDeepStrictEqual } from 'node:util';
import { unknownService } from './errors.ts';
import type { RegisteredService, RegistryState } from './state.ts';

/** @throws {RegistryError} `registry-unknown-service`, naming the nearest names */
export function serviceNamed(state: RegistryState, name: string): RegisteredService {
  const found = state.services.get(name);
  if (found === undefined) throw unknownService(name, [...state.services.keys()]);
  return found;
}

/** The state with one service changed; the very same state where nothing about it is. */
export function replaceService(state: RegistryState, name: string, next: RegisteredService): RegistryState {
  if (isDeepStrictEqual(next, state.services.get(name))) return state;
  const version = state.version + 1;
  return { ...state, version, services: new Map(state.services).set(name, { ...next, version }) };
}
