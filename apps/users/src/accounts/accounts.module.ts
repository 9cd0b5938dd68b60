import { Module } from '@nestjs/common';
import { AccessController } from './access.controller.js';
import { AccessNews } from './access-news.js';
import { AccessService } from './access.service.js';
import { AccountsController } from './accounts.controller.js';
import { AccountsService } from './accounts.service.js';
import { AccountsStore } from './accounts.store.js';
import { DemoAccounts } from './demo-accounts.js';
import { FirstAdmin } from './first-admin.js';
import { ProtectedUsers } from './protected-users.js';
import { SignUpController } from './sign-up.controller.js';
import { SignUpService } from './sign-up.service.js';
import { SignUpSweep } from './sign-up-sweep.js';
import { SignUpsStore } from './sign-ups.store.js';

/** Everything about accounts but their passwords. */
@Module({
  controllers: [AccountsController, SignUpController, AccessController],
  providers: [
    AccountsStore,
    AccountsService,
    SignUpsStore,
    SignUpService,
    SignUpSweep,
    AccessService,
    AccessNews,
    ProtectedUsers,
    DemoAccounts,
    FirstAdmin,
  ],
})
export class AccountsModule {}
