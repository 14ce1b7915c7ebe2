import {
  accessManage,
  manageChoose,
  manageEnd,
  manageOpen,
  managePage,
  managePermanent,
  manageSave,
  manageTime,
} from './access/manage.js';
import { accessShow } from './access/show.js';
import { brakeAgree, brakeAlone, brakeLeave } from './brake.js';
import { dashboard } from './dashboard.js';
import { drift } from './drift.js';
import { extend } from './extend.js';
import { cancelWork } from './going.js';
import { grant, invite, inviteEarly, shorten } from './grant.js';
import { helpOver } from './help.js';
import { leave } from './leave.js';
import {
  libraryDefaultAdd,
  libraryDefaultRemove,
  settleDefault,
  undoAdopted,
  undoDefault,
} from './library/default.js';
import { giveDefault, settleGiven } from './library/give.js';
import { libraryList } from './library/list.js';
import { libraryMove, moveNow } from './library/move.js';
import { peopleLink, peopleUnlink } from './people/link.js';
import { peopleFilter, peopleList, peoplePage, peopleSearch } from './people/list.js';
import { peopleManage, peopleRemove, peopleRemoveAsk, peopleRemoveNow } from './people/manage.js';
import { peopleHands, peopleOpen, peoplePerson, peopleShow } from './people/show.js';
import { revoke, take } from './revoke.js';
import { rolesBind, rolesShow, rolesUnbind } from './roles/bind.js';
import { rolesWho } from './roles/who.js';
import { schedule, schedulePage } from './schedule.js';
import {
  endPolicy,
  removePeople,
  settings,
  settingsServer,
  settingsShow,
  settingsSwitch,
  settingsZone,
} from './settings.js';
import { settingsBrake } from './settingsBrake.js';
import {
  settingsDrift,
  settingsDriftNow,
  settingsStreams,
  settingsTimes,
} from './settingsConduct.js';
import { settingsScheduler } from './settingsScheduler.js';
import {
  setupChannel,
  setupChannels,
  setupOtherZone,
  setupRole,
  setupRoles,
  setupZone,
  setupZones,
} from './setup/guild.js';
import { setupPlex, setupServer, setupServers, setupToken } from './setup/plex.js';
import { setupLetGo, setupLetGoOf } from './setup/disconnect.js';
import { setup, setupHome, setupRead } from './setup/setup.js';
import { sweepNow } from './sweep.js';
import { sync } from './sync.js';

const others = [
  accessManage,
  accessShow,
  dashboard,
  extend,
  grant,
  libraryDefaultAdd,
  libraryDefaultRemove,
  libraryList,
  libraryMove,
  peopleLink,
  peopleList,
  peopleManage,
  peopleRemove,
  peopleShow,
  peopleUnlink,
  revoke,
  rolesBind,
  rolesShow,
  rolesUnbind,
  rolesWho,
  schedule,
  settingsScheduler,
  settingsShow,
  setup,
  sweepNow,
  sync,
];

/** Every command. */
export const commands = [...others, helpOver(others)];

/** Every button that a message of ours may carry. */
export const buttons = [
  brakeAgree,
  brakeAlone,
  brakeLeave,
  cancelWork,
  drift,
  endPolicy,
  giveDefault,
  invite,
  inviteEarly,
  leave,
  manageChoose,
  manageEnd,
  manageOpen,
  managePage,
  managePermanent,
  manageSave,
  manageTime,
  moveNow,
  peopleFilter,
  peopleHands,
  peopleOpen,
  peoplePage,
  peoplePerson,
  peopleRemoveAsk,
  peopleRemoveNow,
  peopleSearch,
  removePeople,
  schedulePage,
  settings,
  settingsBrake,
  settingsDrift,
  settingsDriftNow,
  settingsServer,
  settingsStreams,
  settingsSwitch,
  settingsTimes,
  settingsZone,
  settleDefault,
  settleGiven,
  setupChannel,
  setupChannels,
  setupHome,
  setupLetGo,
  setupLetGoOf,
  setupOtherZone,
  setupPlex,
  setupRead,
  setupRole,
  setupRoles,
  setupServer,
  setupServers,
  setupToken,
  setupZone,
  setupZones,
  shorten,
  take,
  undoAdopted,
  undoDefault,
];
