import type { Command } from '../command.ts';
import { auditExport, auditKey, auditShow } from './audit-show.ts';
import { auditVerify } from './audit-verify.ts';
import {
  destinationDisable,
  destinationEnable,
  destinationList,
  destinationRemove,
  destinationShow,
} from './destination.ts';
import { destinationAdd } from './destination-add.ts';
import { doctor } from './doctor.ts';
import { importCommand } from './import.ts';
import { keyCreate } from './key-create.ts';
import { keyList } from './key-list.ts';
import { keyRevoke, keyRoll } from './key-end.ts';
import { listenCommand } from './listen.ts';
import { migrateCommand } from './migrate.ts';
import { keysRotate } from './keys-rotate.ts';
import { originProve } from './origin-prove.ts';
import { rootCreate } from './root-create.ts';
import { rootInstall } from './root-install.ts';
import { rootRequest } from './root-request.ts';
import { rootSign } from './root-sign.ts';
import { serve } from './serve.ts';
import { tenantCreate, tenantList } from './tenant.ts';
import { tenantShred } from './tenant-shred.ts';
import { textPolicyAdd, textPolicyList, textPolicyRemove } from './text-policy.ts';
import { webhookAdd, webhookList, webhookRemove, webhookReplay, webhookRoll } from './webhook.ts';

/** In the order in which an operator meets them. */
export const COMMANDS: readonly Command[] = [
  doctor,
  migrateCommand,
  tenantCreate,
  tenantList,
  tenantShred,
  keyCreate,
  keyList,
  keyRoll,
  keyRevoke,
  keysRotate,
  originProve,
  textPolicyAdd,
  textPolicyList,
  textPolicyRemove,
  destinationAdd,
  destinationList,
  destinationShow,
  destinationDisable,
  destinationEnable,
  destinationRemove,
  importCommand,
  webhookAdd,
  webhookList,
  webhookRoll,
  webhookReplay,
  webhookRemove,
  listenCommand,
  rootCreate,
  rootRequest,
  rootSign,
  rootInstall,
  auditShow,
  auditVerify,
  auditExport,
  auditKey,
  serve,
];
