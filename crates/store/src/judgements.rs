//! Judgements about pairs of records: by people and by scorers. Added and withdrawn, never changed.

use crate::{Page, PageOf, Store, StoreError, Writer, json, moment, real, stamp, text, to_json};
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
        const WHICH: &str = "from judgements j where verdict = 'unsure' and withdrawn_by = '' and method <> 'person'
            and not exists (select 1 from judgements p where p.pair = j.pair and p.method = 'person'
                and p.withdrawn_by = '')";
        let count = format!("select count(*) {WHICH}");
        let total = sqlx::query(sqlx::AssertSqlSafe(count)).fetch_one(&self.pool).await?;
        let sql = format!("select * {WHICH} order by abs(probability - 0.5), id limit $1 offset $2");
        let rows =
            sqlx::query(sqlx::AssertSqlSafe(sql)).bind(page.size).bind(page.offset()).fetch_all(&self.pool).await?;
        let rows = rows.iter().map(known).collect::<Result<_, _>>()?;
        Ok(PageOf { rows, total: total.try_get(0)?, page })
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
        sqlx::query(
            "insert into judgements (id, pair, left_record, right_record, verdict, weight, probability, comparisons, agent,
                method, at, activity, withdrawn_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '')",
        )
        .bind(id)
        .bind(pair_id(&judgement.left, &judgement.right))
        .bind(&judgement.left)
        .bind(&judgement.right)
        .bind(judgement.verdict.word())
        .bind(judgement.weight)
        .bind(judgement.probability)
        .bind(to_json(&judgement.comparisons))
        .bind(&self.agent)
        .bind(method)
        .bind(stamp(self.at))
        .bind(&self.activity)
        .execute(&mut *self.transaction)
        .await?;
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
