"""How old a source's files are, and what was too old when a run planned."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import models.columns

revision = '0004'
down_revision = '0003'

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TEXT = sqlmodel.sql.sqltypes.AutoString()
AT = models.columns.UtcSeconds()


def upgrade() -> None:
    """Forward."""
    op.add_column('source_state', sa.Column('modified_at', AT, nullable=True))
    op.create_table('lateness',
    sa.Column('run_id', BIG_ID, nullable=False),
    sa.Column('kind', TEXT, nullable=False),
    sa.Column('name', TEXT, nullable=False),
    sa.Column('owner', TEXT, nullable=True),
    sa.Column('heard_at', AT, nullable=True),
    sa.Column('max_age_seconds', sa.BigInteger(), nullable=True),
    sa.Column('holds', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('run_id', 'kind', 'name')
    )


def downgrade() -> None:
    """Back."""
    op.drop_table('lateness')
    with op.batch_alter_table('source_state', schema=None) as batch_op:
        batch_op.drop_column('modified_at')
