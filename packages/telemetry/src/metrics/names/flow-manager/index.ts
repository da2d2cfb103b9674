import { CHANGE_METRICS } from './changes.ts';
import { CHANNEL_METRICS } from './channel.ts';
import { CONTROLLER_METRICS } from './controller.ts';
import { REQUEST_METRICS } from './requests.ts';
import { SERVICE_METRICS } from './services.ts';
import { SWITCH_METRICS } from './switches.ts';

/** Of the flow manager. A switch is labelled by its datapath id, a member by its guest and by address and port. */
export const FLOW_MANAGER_METRICS: typeof CONTROLLER_METRICS &
  typeof SWITCH_METRICS &
  typeof CHANNEL_METRICS &
  typeof CHANGE_METRICS &
  typeof SERVICE_METRICS &
  typeof REQUEST_METRICS = {
  ...CONTROLLER_METRICS,
  ...SWITCH_METRICS,
  ...CHANNEL_METRICS,
  ...CHANGE_METRICS,
  ...SERVICE_METRICS,
  ...REQUEST_METRICS,
};
