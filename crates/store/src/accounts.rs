//! Accounts, sessions, tokens and failed sign-ins. Holds hashes only: no password, session word or token can be read back.

use crate::{Store, StoreError, Writer, moment, number, stamp, text};
use model::{Permission, Role, Timestamp};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The means by which an Agent signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Name, unique.
    pub name: String,
    /// What people call it.
    pub display_name: String,
    /// What it is for.
    pub role: Role,
    /// Hash of its password in PHC form.
    pub password_hash: String,
    /// False where it may no longer sign in.
    pub active: bool,
}

/// A signed-in browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The Account.
    pub account: Account,
    /// The word that forms of this session carry.
    pub csrf: String,
}

/// A token for programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What its owner calls it.
    pub name: String,
    /// Hash of the token; its identifier.
    pub hash: String,
    /// The Account.
    pub account: String,
    /// The only permissions it carries.
    pub scopes: Vec<Permission>,
    /// When it ends.
    pub expires_at: Timestamp,
    /// True once it was taken back.
    pub revoked: bool,
}

impl Store {
    /// Every account, by name.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let rows = sqlx::query("select * from accounts order by name").fetch_all(&self.pool).await?;
        rows.iter().map(account).collect()
    }

    /// The account of a name.
    pub async fn account(&self, name: &str) -> Result<Option<Account>, StoreError> {
        let row = sqlx::query("select * from accounts where name = $1").bind(name).fetch_optional(&self.pool).await?;
        row.as_ref().map(account).transpose()
    }

    /// The session of a hash, while it lasts and its account is active.
    pub async fn session(&self, hash: &str, now: Timestamp) -> Result<Option<Session>, StoreError> {
        let row = sqlx::query(
            "select a.*, s.csrf from sessions s join accounts a on a.name = s.account
             where s.hash = $1 and s.expires_at > $2 and a.active = 1",
        )
        .bind(hash)
        .bind(stamp(now))
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| Ok(Session { account: account(&row)?, csrf: text(&row, "csrf")? })).transpose()
    }

    /// The token of a hash with its account, while it lasts.
    pub async fn token(&self, hash: &str, now: Timestamp) -> Result<Option<(Token, Account)>, StoreError> {
        let row = sqlx::query(
            "select a.*, t.name as token_name, t.hash, t.account, t.scopes, t.expires_at, t.revoked
             from tokens t join accounts a on a.name = t.account
             where t.hash = $1 and t.expires_at > $2 and t.revoked = 0 and a.active = 1",
        )
        .bind(hash)
        .bind(stamp(now))
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| Ok((token(&row)?, account(&row)?))).transpose()
    }

    /// Tokens of an account, newest first.
    pub async fn tokens(&self, account: &str) -> Result<Vec<Token>, StoreError> {
        let rows = sqlx::query(
            "select name as token_name, hash, account, scopes, expires_at, revoked from tokens where account = $1
             order by created_at desc, hash",
        )
        .bind(account)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(token).collect()
    }

    /// When each account last signed in; accounts that never did are left out.
    pub async fn last_sign_ins(&self) -> Result<BTreeMap<String, Timestamp>, StoreError> {
        let rows = sqlx::query("select agent, max(at) as at from activities where kind = 'sign_in' group by agent")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| Ok((text(row, "agent")?, moment(row, "at")?))).collect()
    }

    /// When each token of an account was last used, by hash; tokens that never were are left out.
    pub async fn token_uses(&self, account: &str) -> Result<BTreeMap<String, Timestamp>, StoreError> {
        let rows = sqlx::query("select hash, used_at from tokens where account = $1 and used_at <> ''")
            .bind(account)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| Ok((text(row, "hash")?, moment(row, "used_at")?))).collect()
    }

    /// Notes that a token is used, unless that was noted after `before`: a busy program costs no write each time. Where others
    /// are writing it is left for the next time.
    pub async fn note_token_use(&self, hash: &str, now: Timestamp, before: Timestamp) -> Result<(), StoreError> {
        let noted = sqlx::query("select count(*) from tokens where hash = $1 and used_at > $2")
            .bind(hash)
            .bind(stamp(before))
            .fetch_one(&self.pool)
            .await?;
        if noted.try_get::<i64, _>(0)? > 0 {
            return Ok(());
        }
        let Ok(_turn) = Arc::clone(&self.turns).try_acquire_owned() else { return Ok(()) };
        sqlx::query("update tokens set used_at = $1 where hash = $2 and used_at < $1")
            .bind(stamp(now))
            .bind(hash)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Notes a failed sign-in, and forgets those older than a day. It is no activity of the office: strangers can make as many
    /// as they like, and nothing of them is kept for good.
    pub async fn note_failed_sign_in(&self, account: &str, at: Timestamp) -> Result<(), StoreError> {
        let _turn = self.turn().await?;
        let day_ago = at - std::time::Duration::from_secs(86_400);
        sqlx::query("delete from failed_sign_ins where at < $1").bind(stamp(day_ago)).execute(&self.pool).await?;
        let sql = "insert into failed_sign_ins (account, at) values ($1, $2)";
        sqlx::query(sql).bind(account).bind(stamp(at)).execute(&self.pool).await?;
        Ok(())
    }

    /// Failed sign-ins of an account since a moment.
    pub async fn failed_sign_ins(&self, account: &str, since: Timestamp) -> Result<i64, StoreError> {
        let row = sqlx::query("select count(*) from failed_sign_ins where account = $1 and at >= $2")
            .bind(account)
            .bind(stamp(since))
            .fetch_one(&self.pool)
            .await?;
        Ok(row.try_get(0)?)
    }
}

impl Writer {
    /// Makes an account, or renews it.
    pub async fn put_account(&mut self, account: &Account) -> Result<(), StoreError> {
        sqlx::query(
            "insert into accounts (name, display_name, role, password_hash, active, created_at)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (name) do update set display_name = excluded.display_name, role = excluded.role,
                password_hash = excluded.password_hash, active = excluded.active",
        )
        .bind(&account.name)
        .bind(&account.display_name)
        .bind(account.role.word())
        .bind(&account.password_hash)
        .bind(i64::from(account.active))
        .bind(stamp(self.at))
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Opens a session.
    pub async fn put_session(
        &mut self,
        hash: &str,
        account: &str,
        csrf: &str,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("insert into sessions (hash, account, csrf, created_at, expires_at) values ($1, $2, $3, $4, $5)")
            .bind(hash)
            .bind(account)
            .bind(csrf)
            .bind(stamp(self.at))
            .bind(stamp(expires_at))
            .execute(&mut *self.transaction)
            .await?;
        sqlx::query("delete from sessions where expires_at < $1")
            .bind(stamp(self.at))
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Ends a session.
    pub async fn end_session(&mut self, hash: &str) -> Result<(), StoreError> {
        sqlx::query("delete from sessions where hash = $1").bind(hash).execute(&mut *self.transaction).await?;
        Ok(())
    }

    /// Ends every session of an account: its password or role changed.
    pub async fn end_sessions_of(&mut self, account: &str) -> Result<(), StoreError> {
        sqlx::query("delete from sessions where account = $1").bind(account).execute(&mut *self.transaction).await?;
        Ok(())
    }

    /// Makes a token.
    pub async fn put_token(&mut self, token: &Token) -> Result<(), StoreError> {
        let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.word()).collect();
        sqlx::query(
            "insert into tokens (hash, name, account, scopes, created_at, expires_at, revoked)
             values ($1, $2, $3, $4, $5, $6, 0)",
        )
        .bind(&token.hash)
        .bind(&token.name)
        .bind(&token.account)
        .bind(scopes.join(" "))
        .bind(stamp(self.at))
        .bind(stamp(token.expires_at))
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Takes a token back; false where the account has no such token.
    pub async fn revoke_token(&mut self, account: &str, hash: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("update tokens set revoked = 1 where account = $1 and hash = $2")
            .bind(account)
            .bind(hash)
            .execute(&mut *self.transaction)
            .await?;
        Ok(done.rows_affected() > 0)
    }
}

fn account(row: &AnyRow) -> Result<Account, StoreError> {
    Ok(Account {
        name: text(row, "name")?,
        display_name: text(row, "display_name")?,
        role: Role::from_word(&text(row, "role")?).unwrap_or(Role::None),
        password_hash: text(row, "password_hash")?,
        active: number(row, "active")? != 0,
    })
}

fn token(row: &AnyRow) -> Result<Token, StoreError> {
    Ok(Token {
        name: text(row, "token_name")?,
        hash: text(row, "hash")?,
        account: text(row, "account")?,
        scopes: text(row, "scopes")?.split(' ').filter_map(Permission::from_word).collect(),
        expires_at: moment(row, "expires_at")?,
        revoked: number(row, "revoked")? != 0,
    })
}
