export {
  COOKIE_MARK,
  COOKIE_MASK,
  type DesiredFlow,
  type DesiredState,
  GROUP_MARK,
  GROUP_MASK,
  isOurGroup,
} from './desired.ts';
