/**
 * Every PDU of RFC 7143 §11 by name.
 *
 * @module
 */

export { bhs } from "./bhs.ts";
export { scsiCommand } from "./scsi_command.ts";
export { scsiResponse } from "./scsi_response.ts";
export { taskManagementRequest, taskManagementResponse } from "./task_management.ts";
export { dataOut } from "./data_out.ts";
export { dataIn } from "./data_in.ts";
export { r2t } from "./r2t.ts";
export { asyncMessage } from "./async_message.ts";
export { textRequest, textResponse } from "./text.ts";
export { loginRequest, loginResponse } from "./login.ts";
export { logoutRequest, logoutResponse } from "./logout.ts";
export { snackRequest } from "./snack.ts";
export { reject } from "./reject.ts";
export { nopIn, nopOut } from "./nop.ts";
