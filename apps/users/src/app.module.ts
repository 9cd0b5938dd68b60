import { DatabaseModule } from '@courtside/database';
import { IdentityModule } from '@courtside/identity';
import { Module } from '@nestjs/common';
import { Account } from './accounts/account.entity.js';
import { AccountsModule } from './accounts/accounts.module.js';
import { createUser } from './migrations/1764000000000-create-user.js';
import { finishSignUps } from './migrations/1764150000000-finish-sign-ups.js';

@Module({
  imports: [
    IdentityModule.forService(),
    DatabaseModule.with({
      schema: 'users',
      entities: [Account],
      migrations: [createUser, finishSignUps],
    }),
    AccountsModule,
  ],
})
export class AppModule {}
