export { COOKIE_MARK, COOKIE_MASK, type DesiredFlow, type DesiredState } from './desired.ts';
