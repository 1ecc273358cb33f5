// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// The functions and events of ERC-7943 for fungible tokens on top of a minted, burned and paused ERC-20, written anew for tests.
contract UrwaShape {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event ForcedTransfer(address indexed from, address indexed to, uint256 amount);
    event Frozen(address indexed account, uint256 amount);
    event Paused(address account);
    event Unpaused(address account);

    uint8 public constant decimals = 18;
    address public immutable controller;
    bool public paused;
    uint256 public totalSupply;
    mapping(address => uint256) public balanceOf;
    mapping(address => uint256) public getFrozenTokens;
    mapping(address => bool) public canReceive;
    mapping(bytes32 => mapping(address => bool)) public hasRole;

    constructor(address operator) {
        controller = operator;
        hasRole[keccak256("MINTER_ROLE")][operator] = true;
    }

    modifier controlled() {
        require(msg.sender == controller, "not the controller");
        _;
    }

    /// For whoever sets a test up; who may receive is for an implementation to say.
    function admit(address account, bool may) external {
        canReceive[account] = may;
    }

    /// Says who holds a role and checks nothing by it: what is signed without one is for the tests to find.
    function setRole(bytes32 role, address account, bool held) external {
        hasRole[role][account] = held;
    }

    function mint(address to, uint256 amount) external controlled {
        require(!paused && canReceive[to], "cannot receive");
        totalSupply += amount;
        balanceOf[to] += amount;
        emit Transfer(address(0), to, amount);
    }

    function burn(uint256 amount) external {
        require(!paused, "paused");
        _leave(msg.sender, amount);
        totalSupply -= amount;
        emit Transfer(msg.sender, address(0), amount);
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        require(!paused && canReceive[to], "cannot receive");
        _leave(msg.sender, amount);
        balanceOf[to] += amount;
        emit Transfer(msg.sender, to, amount);
        return true;
    }

    function setFrozenTokens(address account, uint256 amount) external controlled returns (bool) {
        getFrozenTokens[account] = amount;
        emit Frozen(account, amount);
        return true;
    }

    /// Takes also what is frozen, and lowers the frozen amount by what was needed of it.
    function forcedTransfer(address from, address to, uint256 amount) external controlled returns (bool) {
        require(canReceive[to], "cannot receive");
        balanceOf[from] -= amount;
        if (getFrozenTokens[from] > balanceOf[from]) {
            getFrozenTokens[from] = balanceOf[from];
            emit Frozen(from, balanceOf[from]);
        }
        balanceOf[to] += amount;
        emit Transfer(from, to, amount);
        emit ForcedTransfer(from, to, amount);
        return true;
    }

    function pause() external controlled {
        paused = true;
        emit Paused(msg.sender);
    }

    function unpause() external controlled {
        paused = false;
        emit Unpaused(msg.sender);
    }

    function _leave(address from, uint256 amount) private {
        uint256 frozen = getFrozenTokens[from];
        require(balanceOf[from] >= frozen && balanceOf[from] - frozen >= amount, "frozen");
        balanceOf[from] -= amount;
    }
}
