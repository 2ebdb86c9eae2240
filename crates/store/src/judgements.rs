//! Judgements about pairs of records: by people and by scorers. Added and withdrawn, never changed.

use crate::{Page, PageOf, Store, StoreError, Writer};
use crate::{finite, json, lasting_json, moment, places, real, stamp, text};
use model::{Judgement, Timestamp, Verdict};
use sqlx::Row;
use sqlx::any::AnyRow;

/// A Judgement with who said it.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownJudgement {
    /// Identifier.
    pub id: String,
    /// What was said.
    pub judgement: Judgement,
    /// Account of the person, or `counterflow`.
    pub agent: String,
    /// Method and its version; `person` where a person said it.
    pub method: String,
    /// When.
    pub at: Timestamp,
    /// Activity that withdrew it; empty where it holds.
    pub withdrawn_by: String,
}

/// On how many pairs reviewers agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Pairs that more than one reviewer judged.
    pub pairs: i64,
    /// Those on which all of them say the same.
    pub agreeing: i64,
}

const UNJUDGED: &str = "from judgements j where j.verdict = 'unsure' and j.withdrawn_by = '' and j.method <> 'person'
    and not exists (select 1 from judgements p where p.pair = j.pair and p.method = 'person' and p.withdrawn_by = '')";

/// Values of one row.
const COLUMNS: usize = 12;

/// Method of a Judgement by a person.
pub const PERSON: &str = "person";

/// The name under which a pair is known, whichever side comes first.
pub fn pair_id(left: &str, right: &str) -> String {
    let (first, second) = if left <= right { (left, right) } else { (right, left) };
    model::content_id([first, second])
}

impl Store {
    /// All Judgements of people that hold, oldest first.
    pub async fn judgements_of_people(&self) -> Result<Vec<KnownJudgement>, StoreError> {
        let rows =
            sqlx::query("select * from judgements where method = 'person' and withdrawn_by = '' order by at, id")
                .fetch_all(&self.pool)
                .await?;
        rows.iter().map(known).collect()
    }

    /// Pairs that a scorer is unsure of and no person has judged, most uncertain first.
    pub async fn review_queue(&self, page: Page) -> Result<PageOf<KnownJudgement>, StoreError> {
        let count = format!("select count(*) {UNJUDGED}");
        let total = sqlx::query(sqlx::AssertSqlSafe(count)).fetch_one(&self.pool).await?;
        let sql = format!(
            "select * from judgements where id in
                (select j.id {UNJUDGED} order by abs(j.probability - 0.5), j.id limit $1 offset $2)
             order by abs(probability - 0.5), id"
        );
        let rows =
            sqlx::query(sqlx::AssertSqlSafe(sql)).bind(page.size).bind(page.offset()).fetch_all(&self.pool).await?;
        let rows = rows.iter().map(known).collect::<Result<_, _>>()?;
        Ok(PageOf { rows, total: total.try_get(0)?, page })
    }

    /// Hands the most uncertain pair that nobody else is looking at to a reviewer, who has it until `until`. Asking again gives
    /// the same pair as long as it is not judged.
    pub async fn claim_review(
        &self,
        account: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<KnownJudgement>, StoreError> {
        let sql = format!(
            "select * from judgements where id = (select j.id {UNJUDGED} and not exists (select 1 from review_claims c
                where c.pair = j.pair and c.account <> $1 and c.until > $2)
             order by case when exists (select 1 from review_claims m where m.pair = j.pair and m.account = $1) then 0 else 1 end,
                abs(j.probability - 0.5), j.id limit 1)"
        );
        loop {
            let query = sqlx::query(sqlx::AssertSqlSafe(sql.clone())).bind(account).bind(stamp(now));
            let Some(row) = query.fetch_optional(&self.pool).await? else { return Ok(None) };
            let _turn = self.turn().await?;
            let claimed = sqlx::query(
                "insert into review_claims (pair, account, until) values ($1, $2, $3)
                 on conflict (pair) do update set account = excluded.account, until = excluded.until
                 where review_claims.account = excluded.account or review_claims.until <= $4",
            )
            .bind(text(&row, "pair")?)
            .bind(account)
            .bind(stamp(until))
            .bind(stamp(now))
            .execute(&self.pool)
            .await?;
            // Where another reviewer was faster, the next question passes this pair by.
            if claimed.rows_affected() > 0 {
                return known(&row).map(Some);
            }
        }
    }

    /// Pairs in the review queue that other reviewers are looking at.
    pub async fn reviews_claimed_by_others(&self, account: &str, now: Timestamp) -> Result<i64, StoreError> {
        let sql = format!(
            "select count(*) {UNJUDGED} and exists (select 1 from review_claims c
                where c.pair = j.pair and c.account <> $1 and c.until > $2)"
        );
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(account).bind(stamp(now)).fetch_one(&self.pool).await?;
        Ok(row.try_get(0)?)
    }

    /// How many pairs more than one reviewer judged, and on how many of them all say the same. Counts only: nobody is rated.
    pub async fn reviewers_agreement(&self) -> Result<Agreement, StoreError> {
        let row = sqlx::query(
            "select count(*), cast(coalesce(sum(case when least_word = most_word then 1 else 0 end), 0) as bigint) from
                (select min(verdict) as least_word, max(verdict) as most_word from judgements
                 where method = 'person' and withdrawn_by = '' group by pair having count(distinct agent) > 1) twice",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(Agreement { pairs: row.try_get(0)?, agreeing: row.try_get(1)? })
    }

    /// Everything ever said about a pair, oldest first.
    pub async fn judgements_of_pair(&self, pair: &str) -> Result<Vec<KnownJudgement>, StoreError> {
        let rows =
            sqlx::query("select * from judgements where pair = $1 order by at, id").bind(pair).fetch_all(&self.pool);
        rows.await?.iter().map(known).collect()
    }

    /// The newest Judgements of people, also withdrawn ones.
    pub async fn newest_judgements_of_people(&self, limit: i64) -> Result<Vec<KnownJudgement>, StoreError> {
        let rows = sqlx::query("select * from judgements where method = 'person' order by at desc, id limit $1")
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(known).collect()
    }
}

impl Writer {
    /// Adds a Judgement.
    pub async fn put_judgement(&mut self, id: &str, judgement: &Judgement, method: &str) -> Result<(), StoreError> {
        self.put_judgements(&[(id.to_owned(), judgement)], method).await
    }

    /// Adds many Judgements with their identifiers, in few statements.
    pub async fn put_judgements(
        &mut self,
        judgements: &[(String, &Judgement)],
        method: &str,
    ) -> Result<(), StoreError> {
        for chunk in judgements.chunks(self.dialect.rows_per_statement(COLUMNS)) {
            let sql = format!(
                "insert into judgements (id, pair, left_record, right_record, verdict, weight, probability, comparisons,
                    agent, method, at, activity, withdrawn_by)
                 values {}",
                places(chunk.len(), COLUMNS).replace(')', ", '')")
            );
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for (id, judgement) in chunk {
                query = query
                    .bind(id.clone())
                    .bind(pair_id(&judgement.left, &judgement.right))
                    .bind(&judgement.left)
                    .bind(&judgement.right)
                    .bind(judgement.verdict.word())
                    .bind(finite("the weight of a judgement", judgement.weight)?)
                    .bind(finite("the probability of a judgement", judgement.probability)?)
                    .bind(lasting_json("the comparisons of a judgement", &judgement.comparisons)?)
                    .bind(&self.agent)
                    .bind(method)
                    .bind(stamp(self.at))
                    .bind(&self.activity);
            }
            query.execute(&mut *self.transaction).await?;
        }
        if method == PERSON {
            for (_, judgement) in judgements {
                sqlx::query("delete from review_claims where pair = $1")
                    .bind(pair_id(&judgement.left, &judgement.right))
                    .execute(&mut *self.transaction)
                    .await?;
            }
        }
        Ok(())
    }

    /// Withdraws one Judgement; false where there is none that holds.
    pub async fn withdraw_judgement(&mut self, id: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("update judgements set withdrawn_by = $1 where id = $2 and withdrawn_by = ''")
            .bind(&self.activity)
            .bind(id)
            .execute(&mut *self.transaction)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Takes away what scorers said, before they say it anew: their Judgements are derived, those of people stay.
    pub async fn drop_scored_judgements(&mut self) -> Result<(), StoreError> {
        sqlx::query("delete from judgements where method <> 'person'").execute(&mut *self.transaction).await?;
        Ok(())
    }
}

fn known(row: &AnyRow) -> Result<KnownJudgement, StoreError> {
    let word = text(row, "verdict")?;
    let verdict =
        Verdict::from_word(&word).ok_or(StoreError::Unreadable { what: "judgements.verdict", error: word })?;
    let judgement = Judgement {
        left: text(row, "left_record")?,
        right: text(row, "right_record")?,
        verdict,
        weight: real(row, "weight")?,
        probability: real(row, "probability")?,
        comparisons: json(row, "comparisons")?,
    };
    Ok(KnownJudgement {
        id: text(row, "id")?,
        judgement,
        agent: text(row, "agent")?,
        method: text(row, "method")?,
        at: moment(row, "at")?,
        withdrawn_by: text(row, "withdrawn_by")?,
    })
}
