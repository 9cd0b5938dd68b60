import { DatabaseModule } from '@courtside/database';
import { IdentityModule } from '@courtside/identity';
import { Module } from '@nestjs/common';
import { Credential, goneUsersRetention } from './credentials/credential.entity.js';
import { CredentialsModule } from './credentials/credentials.module.js';
import { createTables } from './migrations/1764000000000-create-tables.js';
import { keepHandledEvents } from './migrations/1764100000000-keep-handled-events.js';
import { keepGoneUsers } from './migrations/1764150000001-keep-gone-users.js';
import { VerifyController } from './permissions/verify.controller.js';
import { Session } from './sessions/session.entity.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { SignInModule } from './sign-in/sign-in.module.js';

@Module({
  imports: [
    IdentityModule.forService(),
    DatabaseModule.with({
      schema: 'auth',
      entities: [Credential, Session],
      migrations: [createTables, keepHandledEvents, keepGoneUsers],
      singleUse: true,
      retentions: [goneUsersRetention],
    }),
    SessionsModule,
    CredentialsModule,
    SignInModule,
  ],
  controllers: [VerifyController],
})
export class AppModule {}
